import { expect, it } from 'vitest';
import { COLUMNS, leastWidth, readColumns, template } from './columns';

it.each([
  ['time,status', ['time', 'status']],
  // In the order of the list, each once, and only what there is.
  ['path,time,time,nonsense', ['time', 'path']],
  ['nonsense', undefined],
  ['', undefined],
  [undefined, undefined],
] as const)('%s', (raw, expected) => {
  expect(readColumns(raw)).toEqual(expected);
});

it('needs more room for more columns', () => {
  expect(template(['time', 'path'])).toBe('168px minmax(160px, 3fr)');
  expect(leastWidth(['time', 'path'])).toBe(168 + 160 + 12 + 32);
  expect(leastWidth(COLUMNS)).toBeGreaterThan(leastWidth(COLUMNS.slice(1)));
});
