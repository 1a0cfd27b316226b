// Brings fetched pages and live arrivals into one list: newest first, every event once.
import type { EventSummary } from '../api/model';

/** Arrivals kept beside the fetched pages; beyond this the list is fetched anew. */
export const MAX_ARRIVALS = 2_000;

/** `fetched` comes in order and each once, so that 10⁵ rows scrolled through are only walked, not sorted. */
export function merge(
  fetched: readonly EventSummary[],
  arrived: readonly EventSummary[],
  complete: boolean,
): readonly EventSummary[] {
  if (arrived.length === 0) return fetched;
  const known = new Set(fetched.map(({ id }) => id));
  const oldest = fetched.at(-1);
  const fresh = arrived.filter((event) => {
    if (known.has(event.id)) return false;
    known.add(event.id);
    // A late event older than the last fetched row belongs to a page that is still to come.
    return complete || oldest === undefined || byNewest(event, oldest) <= 0;
  });
  fresh.sort(byNewest);
  const rows: EventSummary[] = [];
  let next = 0;
  for (const event of fetched) {
    for (let first = fresh[next]; first !== undefined && byNewest(first, event) < 0;) {
      rows.push(first);
      next += 1;
      first = fresh[next];
    }
    rows.push(event);
  }
  return [...rows, ...fresh.slice(next)];
}

/** What arrived and is kept, newest first. */
export interface Arrivals {
  rows: readonly EventSummary[];
  /** More came than is kept: the list has to be fetched anew. */
  cut: boolean;
}

export const NO_ARRIVALS: Arrivals = { rows: [], cut: false };

/** Adds arrivals to those that are kept, each once. Of too many the newest stay. */
export function gather(
  kept: Arrivals,
  arrived: readonly EventSummary[],
  known: (id: string) => boolean,
): Arrivals {
  const ids = new Set(kept.rows.map(({ id }) => id));
  const fresh: EventSummary[] = [];
  for (const event of arrived) {
    if (ids.has(event.id) || known(event.id)) continue;
    ids.add(event.id);
    fresh.push(event);
  }
  if (fresh.length === 0) return kept;
  const rows = [...fresh.reverse(), ...kept.rows];
  return { rows: rows.slice(0, MAX_ARRIVALS), cut: kept.cut || rows.length > MAX_ARRIVALS };
}

function byNewest(a: EventSummary, b: EventSummary): number {
  if (a.timestamp !== b.timestamp) return Date.parse(b.timestamp) - Date.parse(a.timestamp) || 0;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
