// Brings fetched pages and live arrivals into one list: newest first, every event once.
import type { EventSummary } from '../api/model';

/** Arrivals kept beside the fetched pages; beyond this the list is fetched anew. */
export const MAX_ARRIVALS = 2_000;

export function merge(
  fetched: readonly EventSummary[],
  arrived: readonly EventSummary[],
  complete: boolean,
): EventSummary[] {
  const seen = new Set<string>();
  const rows: EventSummary[] = [];
  const oldest = fetched.at(-1);
  for (const event of [...arrived, ...fetched]) {
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    // A late event older than the last fetched row belongs to a page that is still to come.
    if (!complete && oldest !== undefined && byNewest(event, oldest) > 0) continue;
    rows.push(event);
  }
  return rows.sort(byNewest);
}

/** Adds arrivals to those already waiting, newest first, each once. */
export function gather(
  waiting: readonly EventSummary[],
  arrived: readonly EventSummary[],
  known: (id: string) => boolean,
): EventSummary[] {
  const ids = new Set(waiting.map(({ id }) => id));
  const fresh: EventSummary[] = [];
  for (const event of arrived) {
    if (ids.has(event.id) || known(event.id)) continue;
    ids.add(event.id);
    fresh.push(event);
  }
  return fresh.length === 0 ? (waiting as EventSummary[]) : [...fresh.reverse(), ...waiting];
}

function byNewest(a: EventSummary, b: EventSummary): number {
  if (a.timestamp !== b.timestamp) return Date.parse(b.timestamp) - Date.parse(a.timestamp) || 0;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
