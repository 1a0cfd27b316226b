// Compares a period with the one before it, which is as long.
import type { Filters } from '../../filters/search';
import { type Range, bounds } from '../../time/range';

/** Entries of each list. */
export const SHOWN = 10;
/** So many entries of the period before are asked for, to find those of this one among them. */
export const LOOKED_THROUGH = 1_000;

/** The same filters over the period before; nothing where the range has no beginning. */
export function before(filters: Filters, now: number): Filters | undefined {
  const { start_date, end_date } = bounds(filters, now);
  if (start_date === undefined) return undefined;
  const start = Date.parse(start_date);
  const end = end_date === undefined ? now : Math.min(now, Date.parse(end_date));
  if (end <= start) return undefined;
  // Bounds are included on both ends: one millisecond apart, no event is in both periods.
  const range: Range = {
    range: undefined,
    from: new Date(start - (end - start)).toISOString(),
    to: new Date(start - 1).toISOString(),
  };
  return { ...filters, ...range };
}

export type Change =
  /** There was none before. */
  | { kind: 'new' }
  /** From one to the other by this share of the earlier value; 0.5 is half as much again. */
  | { kind: 'by'; share: number; before: number };

/** How `now` differs from `earlier`; nothing when the earlier value is unknown. */
export function changeOf(now: number, earlier: number | undefined): Change | undefined {
  if (earlier === undefined) return undefined;
  if (earlier === 0) return now === 0 ? undefined : { kind: 'new' };
  return { kind: 'by', share: now / earlier - 1, before: earlier };
}

/**
 * The earlier value of each of `now`'s entries. What is not among all the earlier ones was not there; when the
 * earlier list may be cut, that is not known.
 */
export function earlierOf<Row>(
  earlier: readonly Row[] | undefined,
  key: (row: Row) => string,
  value: (row: Row) => number,
): (row: Row) => number | undefined {
  if (earlier === undefined) return () => undefined;
  const known = new Map(earlier.map((row) => [key(row), value(row)]));
  const absent = earlier.length < LOOKED_THROUGH ? 0 : undefined;
  return (row) => known.get(key(row)) ?? absent;
}
