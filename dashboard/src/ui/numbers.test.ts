import { expect, it } from 'vitest';
import { percent } from './numbers';

it.each([
  [0, 0, '0 %'],
  [0, 10, '0 %'],
  [1, 1_000_000, '< 0.01 %'],
  [4, 1_000, '0.40 %'],
  [25, 1_000, '2.5 %'],
  [1, 3, '33 %'],
  [99_999, 100_000, '> 99.9 %'],
  [5, 5, '100 %'],
])('%d of %d is %s', (part, whole, text) => expect(percent(part, whole)).toBe(text));
