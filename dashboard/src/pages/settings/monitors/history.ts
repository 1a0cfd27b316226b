// What was seen of an address, as charts take it.
import type { Check, Outage } from '../../../api/monitors';
import { DAY_MS } from '../../../format/time';

const POINTS = 60;

export interface Responses {
  times: number[];
  step: number;
  /** Slowest answer in milliseconds of each point in which all went well. */
  up: (number | undefined)[];
  /** The same of those in which a check failed. */
  down: (number | undefined)[];
}

/** The checks, in points of equal length from the first one on. */
export function responsesOf(checks: readonly Check[]): Responses {
  const seen = checks.map((check) => ({ ...check, at: Date.parse(check.checked_at) }));
  const first = Math.min(...seen.map(({ at }) => at));
  const last = Math.max(...seen.map(({ at }) => at));
  if (seen.length === 0) return { times: [], step: 1_000, up: [], down: [] };
  const points = Math.min(POINTS, seen.length);
  const step = Math.max(1_000, Math.ceil((last - first + 1) / points));
  const times = Array.from({ length: points }, (_, index) => first + index * step);
  const up: Responses['up'] = times.map(() => undefined);
  const down: Responses['down'] = times.map(() => undefined);
  for (const { at, status, response_ms: ms } of seen) {
    const index = Math.min(points - 1, Math.floor((at - first) / step));
    const line = status === 'up' ? up : down;
    line[index] = Math.max(line[index] ?? 0, ms);
  }
  // A point with a failure in it is shown as one.
  down.forEach((value, index) => {
    if (value !== undefined) up[index] = undefined;
  });
  return { times, step, up, down };
}

/** How many seconds of each of the last days, the last one ending now, it was down. */
export function downByDay(outages: readonly Outage[], days: number, now: number) {
  const times = Array.from({ length: days }, (_, index) => now - (days - index) * DAY_MS);
  const seconds = times.map((start) =>
    outages.reduce((sum, { from, to }) => {
      const length = Math.min(Date.parse(to), start + DAY_MS) - Math.max(Date.parse(from), start);
      return sum + Math.max(0, length) / 1_000;
    }, 0),
  );
  return { times, seconds };
}
