// A session as a reader goes through it: its events in order, and the pauses between them.
import type { EventSession } from '../../api/eventSessions';
import type { EventSummary } from '../../api/model';
import type { Filters } from '../../filters/search';

/** A pause from this length on is worth a line of its own. */
export const GAP_MS = 120_000;

export type Entry =
  { kind: 'event'; event: EventSummary; offset: number } | { kind: 'gap'; key: string; ms: number };

/** The events, which come the oldest first, each with its distance from `start` in milliseconds. */
export function entriesOf(events: readonly EventSummary[], start: number): Entry[] {
  const entries: Entry[] = [];
  let before: number | undefined;
  for (const event of events) {
    const at = Date.parse(event.timestamp);
    if (before !== undefined && at - before >= GAP_MS) {
      entries.push({ kind: 'gap', key: `gap ${event.id}`, ms: at - before });
    }
    entries.push({ kind: 'event', event, offset: at - start });
    before = at;
  }
  return entries;
}

export function isError(event: EventSummary): boolean {
  return event.status_code >= 400;
}

export interface Summary {
  errors: number;
  /** How long the session stood still, in pauses of `GAP_MS` or more. */
  paused: number;
  services: number;
}

export function summaryOf(events: readonly EventSummary[]): Summary {
  const gaps = entriesOf(events, 0).map((entry) => (entry.kind === 'gap' ? entry.ms : 0));
  return {
    errors: events.filter(isError).length,
    paused: gaps.reduce((sum, ms) => sum + ms, 0),
    services: new Set(events.map(({ service_name }) => service_name)).size,
  };
}

/** The filters under which the events page shows the same events. */
export function filtersFor(session: EventSession): Filters {
  const { kind, project_id, session_id, identifier, service_name } = session;
  const range = { from: session.session_start, to: session.session_end };
  if (kind === 'explicit') return { project: project_id, session: [session_id], ...range };
  return { project: project_id, identifier: [identifier], service: [service_name], ...range };
}
