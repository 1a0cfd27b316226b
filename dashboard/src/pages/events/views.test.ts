import { expect, it } from 'vitest';
import { keptSearch, searchOf, shows } from './views';

it('keeps filters, range and columns, and not the event that is open', () => {
  const search = {
    service: ['a', 'b'],
    'status!': ['404'],
    range: '7d' as const,
    columns: 'time,path',
    event: 'e1',
  };
  const { event, ...rest } = search;
  expect(event).toBe('e1');
  expect(searchOf(keptSearch(search))).toEqual(rest);
});

it('names the usual range where there would be nothing to keep', () => {
  expect(keptSearch({})).toBe('range=24h');
  expect(shows('range=24h', {})).toBe(true);
});

it.each([
  ['service=b&service=a&range=7d', { range: '7d', service: ['a', 'b'] }, true],
  ['class=5xx', { class: ['5xx'], event: 'e1' }, true],
  ['class=5xx', { class: ['4xx'] }, false],
  ['class=5xx', { class: ['5xx'], columns: 'time' }, false],
  ['?class=5xx&nonsense=1', { class: ['5xx'] }, true],
] as const)('%s shows %o: %s', (kept, search, expected) => {
  expect(shows(kept, search)).toBe(expected);
});
