// Compares a period with the one before it, which is as long.
import { FIELD_KEYS, type FieldName, fieldOf } from '../../filters/fields';
import type { Filters } from '../../filters/search';
import { type Range, bounds } from '../../time/range';

const HOUR_MS = 3_600_000;
/** Shorter ranges are not compared by whole hours: half an hour more or less would be too much of them. */
const LEAST_HOURS = 6;
/** Up to here it is worth saying that whole hours are counted. */
const TOLD_HOURS = 24;

/** Filters with which the server counts endpoints in whole hours, and users in whole days. */
const BY_HOUR: readonly FieldName[] = ['service', 'environment', 'source', 'method', 'route'];
const BY_DAY: readonly FieldName[] = ['environment', 'identifier'];

/** Entries of each list. */
export const SHOWN = 10;
/** So many entries of the period before are asked for, to find those of this one among them. */
export const LOOKED_THROUGH = 1_000;

/** The same filters over the period before; nothing where the range has no beginning. */
export function before(filters: Filters, now: number): Filters | undefined {
  const span = spanOf(filters, now);
  return span && { ...filters, ...endingAt(span.start, span.end - span.start) };
}

export interface Counting {
  /** Whether endpoints are counted in so whole hours that it shows. */
  hours: boolean;
  /** Whether users are counted in whole days (UTC). */
  days: boolean;
  /** The period that the lists may be compared with; nothing where no other is as long. */
  before: Filters | undefined;
}

/** How the lists are counted: in whole hours and days around the range where the server keeps those, else exactly. */
export function countingOf(filters: Filters, now: number): Counting {
  const days = isWithin(filters, BY_DAY);
  const span = spanOf(filters, now);
  if (!isWithin(filters, BY_HOUR)) return { hours: false, days, before: before(filters, now) };
  if (span === undefined) return { hours: false, days, before: undefined };
  const start = Math.floor(span.start / HOUR_MS) * HOUR_MS;
  // The hour that goes on is counted as far as it is over.
  const end = Math.min(now, (Math.floor(span.end / HOUR_MS) + 1) * HOUR_MS);
  const hours = Math.round((end - start) / HOUR_MS);
  return {
    hours: span.end - span.start < TOLD_HOURS * HOUR_MS,
    days,
    before: hours < LEAST_HOURS ? undefined : { ...filters, ...endingAt(start, hours * HOUR_MS) },
  };
}

function spanOf(filters: Filters, now: number): { start: number; end: number } | undefined {
  const { start_date, end_date } = bounds(filters, now);
  if (start_date === undefined) return undefined;
  const start = Date.parse(start_date);
  const end = end_date === undefined ? now : Math.min(now, Date.parse(end_date));
  return end <= start ? undefined : { start, end };
}

/** Bounds are included on both ends: one millisecond apart, no event is in both periods. */
function endingAt(start: number, length: number): Range {
  return {
    range: undefined,
    from: new Date(start - length).toISOString(),
    to: new Date(start - 1).toISOString(),
  };
}

function isWithin(filters: Filters, fields: readonly FieldName[]): boolean {
  const used = FIELD_KEYS.filter((key) => filters[key] !== undefined).map(fieldOf);
  return filters.q === undefined && used.every((field) => fields.includes(field));
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
