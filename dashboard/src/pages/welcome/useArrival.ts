// Waits for an event that was not there before: by the live stream, and by a look at the list whenever
// the stream begins anew.
import { useCallback, useMemo, useState } from 'react';
import type { EventPage, EventSummary } from '../../api/model';
import { type LiveStatus, useConnection } from '../../live/useConnection';

export interface Arrival {
  event: EventSummary | undefined;
  status: LiveStatus;
}

/** Mount anew for another project. `known`: ids of the newest events from before. */
export function useArrival(projectId: string, known: ReadonlySet<string>): Arrival {
  const filters = useMemo(() => ({ project: projectId }), [projectId]);
  const [event, setEvent] = useState<EventSummary>();
  const receive = useCallback(
    (arrived: readonly EventSummary[]) => {
      const fresh = arrived.find(({ id }) => !known.has(id));
      // The first one stays: it is what was waited for.
      if (fresh !== undefined) setEvent((first) => first ?? fresh);
    },
    [known],
  );
  const catchUp = useCallback((page: EventPage) => receive(page.data), [receive]);
  const skipped = useCallback(() => undefined, []);
  const status = useConnection(filters, {
    ready: event === undefined,
    receive,
    catchUp,
    skipped,
  });
  return { event, status };
}
