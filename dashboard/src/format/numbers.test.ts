import { describe, expect, it } from 'vitest';
import { bytes, count, duration, percent } from './numbers';

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

describe('duration', () => {
  it.each([
    [0.25, '0.3 ms'],
    [12, '12 ms'],
    [1_240, '1.24 s'],
    [59_999, '1 min'],
    [125_000, '2 min 5 s'],
    [12_000_000, '3 h 20 min'],
    [352_800_000, '4 d 2 h'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_440, '1.4 kB'],
    [999_999, '1.0 MB'],
    [123_000_000, '123 MB'],
  ])('%d is %s', (value, text) => expect(bytes(value)).toBe(text));
});

it('groups thousands', () => expect(count(1_234_567)).toBe('1,234,567'));
