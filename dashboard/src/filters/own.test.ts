import { expect, it } from 'vitest';
import { mayHoldOwn } from './own';

it('own events are among others where only project, time, service and environment narrow', () => {
  expect(mayHoldOwn({})).toBe(true);
  expect(mayHoldOwn({ project: 'p', range: '7d', 'service!': ['a'] })).toBe(true);
  expect(mayHoldOwn({ class: ['5xx'] })).toBe(false);
  expect(mayHoldOwn({ q: 'word' })).toBe(false);
  expect(mayHoldOwn({ 'type!': ['system.alert'] })).toBe(false);
});
