// Makes the timeline of the API drawable: the buckets it leaves out are empty ones.
import type { Bucket } from '../api/model';

export interface Bar {
  start: number;
  count: number;
  errors4xx: number;
  errors5xx: number;
}

const MAX_BARS = 1_500;

interface Extent {
  intervalSeconds: number;
  /** Milliseconds; without them the first and the last bucket bound the chart. */
  from?: number | undefined;
  to?: number | undefined;
}

export function fillBuckets(timeline: readonly Bucket[], extent: Extent): Bar[] {
  const step = Math.max(1, extent.intervalSeconds) * 1_000;
  const known = new Map<number, Bar>();
  for (const bucket of timeline) {
    const start = Date.parse(bucket.hour);
    if (Number.isNaN(start)) continue;
    known.set(start, {
      start,
      count: bucket.count,
      errors4xx: bucket.errors_4xx,
      errors5xx: bucket.errors_5xx,
    });
  }
  const starts = [...known.keys()].sort((a, b) => a - b);
  const anchor = starts[0] ?? floor(extent.from ?? 0, step, 0);
  const first = Math.min(anchor, floor(extent.from ?? anchor, step, anchor));
  const last = Math.max(starts.at(-1) ?? anchor, floor(extent.to ?? anchor, step, anchor));
  // A bucket off the grid would be dropped below, and a count must never be.
  const onGrid = starts.every((start) => (start - first) % step === 0);
  if (!onGrid || (last - first) / step >= MAX_BARS) return [...known.values()];

  const bars: Bar[] = [];
  for (let start = first; start <= last; start += step) {
    bars.push(known.get(start) ?? { start, count: 0, errors4xx: 0, errors5xx: 0 });
  }
  return bars;
}

function floor(value: number, step: number, anchor: number): number {
  return anchor + Math.floor((value - anchor) / step) * step;
}
