import { describe, expect, it } from 'vitest';
import { axisMarks, axisTop, highest, indexAt, slices, stackAt, stretches } from './scale';

describe('axisTop', () => {
  it.each([
    [0, 4],
    [4, 4],
    [5, 6],
    [11, 20],
    [99, 100],
    [1_001, 2_000],
  ])('%d fits under %d', (value, top) => expect(axisTop(value)).toBe(top));

  it('goes below one for what is not counted', () => {
    expect(axisTop(0.3, false)).toBeCloseTo(0.4);
    expect(axisTop(0, false)).toBe(1);
  });
});

it('finds the highest point, and the highest sum of a stack', () => {
  const series = [
    [1, undefined, 3],
    [5, 2],
  ];
  expect(highest(series, false)).toBe(5);
  expect(highest(series, true)).toBe(6);
  expect(highest([], true)).toBe(0);
});

it('stacks from the bottom up; what is unknown is no height', () => {
  expect(stackAt([[2], [undefined], [3]], 0)).toEqual([
    { from: 0, to: 2 },
    { from: 2, to: 2 },
    { from: 2, to: 5 },
  ]);
});

it('breaks a line at its gaps', () => {
  expect(stretches([undefined, 1, 2, undefined, 3])).toEqual([
    [1, 2],
    [4, 4],
  ]);
  expect(stretches([])).toEqual([]);
  expect(stretches([1, 1])).toEqual([[0, 1]]);
});

it('finds the point under the pointer, also at the edges', () => {
  expect([-0.1, 0, 0.49, 0.5, 1, 2].map((share) => indexAt(share, 2))).toEqual([0, 0, 0, 1, 1, 1]);
});

describe('the marks of an axis', () => {
  const hours = Array.from({ length: 12 }, (_, hour) => `${10 + hour}:00`);

  it('are spread, as many as there is room for', () => {
    expect(axisMarks(hours, 1_000)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(axisMarks(hours, 170)).toEqual([0, 3, 6, 9]);
    expect(axisMarks(hours, 10)).toEqual([0]);
    expect(axisMarks(hours.slice(0, 2), 1_000)).toEqual([0, 1]);
    expect(axisMarks([], 1_000)).toEqual([]);
  });

  it('stand where a day begins, and not within another or beyond the end', () => {
    // Four points a day, of which the first day has three and the last has one.
    const days = Array.from({ length: 24 }, (_, at) => `${20 + Math.floor((at + 1) / 4)} Nov`);
    expect(axisMarks(days, 1_000)).toEqual([0, 3, 7, 11, 15, 19, 23]);
    expect(axisMarks(days, 250)).toEqual([3, 11, 19]);
  });
});

it('cuts a circle into parts that close it', () => {
  expect(slices([1, 0, 3])).toEqual([
    { from: 0, to: 0.25 },
    { from: 0.25, to: 0.25 },
    { from: 0.25, to: 1 },
  ]);
  expect(slices([0, 0])).toEqual([
    { from: 0, to: 0 },
    { from: 0, to: 0 },
  ]);
});
