import { describe, expect, it } from 'vitest';
import { fillBuckets } from './buckets';

const at = (minute: number) => Date.UTC(2026, 10, 23, 12, minute);
const bucket = (minute: number, count: number) => ({
  hour: new Date(at(minute)).toISOString(),
  count,
  errors_4xx: 1,
  errors_5xx: 0,
});

describe('fillBuckets', () => {
  it('fills holes and both ends, on the grid of the server', () => {
    const bars = fillBuckets([bucket(5, 3), bucket(15, 4)], {
      intervalSeconds: 300,
      from: at(0) + 61_000,
      to: at(21),
    });
    expect(bars.map(({ start, count }) => [(start - at(0)) / 60_000, count])).toEqual([
      [0, 0],
      [5, 3],
      [10, 0],
      [15, 4],
      [20, 0],
    ]);
  });

  it('draws an empty range', () => {
    expect(fillBuckets([], { intervalSeconds: 60, from: at(0), to: at(5) })).toHaveLength(6);
  });

  it('keeps every count when the grid does not fit', () => {
    const bars = fillBuckets([bucket(0, 1), bucket(7, 2)], { intervalSeconds: 300 });
    expect(bars.map(({ count }) => count)).toEqual([1, 2]);
  });
});
