import { expect, it } from 'vitest';
import { rowCounter } from './export';

const bytes = (text: string) => new TextEncoder().encode(text);

it('counts rows of CSV, across chunks, with line breaks and quotes inside values', () => {
  const rows = rowCounter('csv');
  expect(rows?.(bytes('a,b\n1,"x'))).toBe(0);
  expect(rows?.(bytes('\ny ""q"" z"\n2,'))).toBe(1);
  expect(rows?.(bytes('3\n'))).toBe(2);
});

it('counts lines of NDJSON, whose quotes mean nothing to it', () => {
  const rows = rowCounter('ndjson');
  expect(rows?.(bytes('{"a":"\\""}\n{"b"'))).toBe(1);
  expect(rows?.(bytes(':1}\n'))).toBe(2);
});

it('does not guess at formats that do not tell', () => {
  expect(rowCounter('json')).toBeUndefined();
  expect(rowCounter('parquet')).toBeUndefined();
});
