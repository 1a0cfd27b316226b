// Pure arithmetic of charts: axes, stacks, gaps and the place under a pointer.

/** A value for each point; nothing where it is not known, which a line leaves as a gap. */
export type Values = readonly (number | undefined)[];

/** The top of an axis: a round number at or above `value` whose half is a round number as well. */
export function axisTop(value: number, whole = true): number {
  if (whole && value <= 4) return 4;
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8].find((step) => step * power >= value) ?? 10) * power;
}

/** The highest of all points; of their sums where the series are stacked. */
export function highest(series: readonly Values[], stacked: boolean): number {
  const length = Math.max(0, ...series.map((values) => values.length));
  let top = 0;
  for (let at = 0; at < length; at += 1) {
    const values = series.map((each) => each[at] ?? 0);
    top = Math.max(top, stacked ? values.reduce((a, b) => a + b, 0) : Math.max(...values));
  }
  return top;
}

export interface Piece {
  from: number;
  to: number;
}

/** The lower and upper edge of each series at one point, from the bottom up. */
export function stackAt(series: readonly Values[], at: number): Piece[] {
  let sum = 0;
  return series.map((values) => {
    const from = sum;
    sum += Math.max(0, values[at] ?? 0);
    return { from, to: sum };
  });
}

/** The stretches of a line between its gaps, as indexes [first, last]. */
export function stretches(values: Values): [number, number][] {
  const found: [number, number][] = [];
  let first: number | undefined;
  values.forEach((value, index) => {
    if (value !== undefined && first === undefined) first = index;
    if (value === undefined && first !== undefined) {
      found.push([first, index - 1]);
      first = undefined;
    }
  });
  if (first !== undefined) found.push([first, values.length - 1]);
  return found;
}

/** The index of the point at `share` (0 to 1) of the width. */
export function indexAt(share: number, points: number): number {
  return Math.max(0, Math.min(points - 1, Math.floor(share * points)));
}

/** What a character of a label takes, and what is left between two labels. */
const CHARACTER_PX = 6.4;
const BETWEEN_PX = 10;
/** More would be hard to read, however wide the axis. */
const MOST_TIMES = 6;
const MOST_DAYS = 8;

/**
 * Which points of an axis are labelled, so that no label lies on another or goes beyond the end. Points of one day (or
 * minute) that share a label are told where the day begins; others evenly.
 */
export function axisMarks(labels: readonly string[], width: number): number[] {
  const points = labels.length;
  const wide = Math.max(...labels.map(({ length }) => length)) * CHARACTER_PX + BETWEEN_PX;
  const firsts = labels.flatMap((label, at) => (label === labels[at - 1] ? [] : [at]));
  if (firsts.length === points) {
    const shown = Math.min(points, MOST_TIMES, Math.max(1, Math.floor(width / wide)));
    return Array.from({ length: shown }, (_, index) => Math.floor((index * points) / shown));
  }
  const gap = (Math.max(wide, width / MOST_DAYS) / width) * points;
  const last = points - ((wide - BETWEEN_PX) / width) * points;
  // The first day is rarely whole: the one after it would be too near.
  const [, second = points] = firsts;
  const kept: number[] = [];
  for (const at of second < gap ? firsts.slice(1) : firsts) {
    if (at <= last && at - (kept.at(-1) ?? -points) >= gap) kept.push(at);
  }
  return kept;
}

/** The parts of a circle, clockwise from the top, in turns (0 to 1). Nothing has no part. */
export function slices(values: readonly number[]): Piece[] {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  let turn = 0;
  return values.map((value) => {
    const from = turn;
    if (total > 0) turn += Math.max(0, value) / total;
    return { from, to: turn };
  });
}
