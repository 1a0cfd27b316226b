// Holds the stream open while the page is in front of someone and new events can still match.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { fetchEvents } from '../api/events';
import type { EventPage, EventSummary } from '../api/model';
import { meQuery } from '../api/session';
import { streamUrl } from '../filters/query';
import type { Filters } from '../filters/search';
import { isOpenEnded } from '../time/range';
import { type LiveState, connect } from './connection';

/** A hidden tab gives its connection back after this long; a browser allows only six per server. */
const HIDDEN_MS = 60_000;

export type LiveStatus = LiveState | 'off';

interface Receiver {
  ready: boolean;
  receive: (arrived: EventSummary[]) => void;
  catchUp: (page: EventPage) => void;
  skipped: () => void;
}

export function useConnection(
  filters: Filters,
  { ready, receive, catchUp, skipped }: Receiver,
): LiveStatus {
  const [status, setStatus] = useState<LiveState>('connecting');
  const [enabled] = useState(() => isOpenEnded(filters, Date.now()));
  const visible = useVisible();
  const client = useQueryClient();

  useEffect(() => {
    if (!enabled || !ready || !visible) return;
    return connect((cursor) => streamUrl(filters, cursor, Date.now()), {
      onEvents: receive,
      onState: setStatus,
      onSkipped: skipped,
      // A list out of the cache asks the server nothing: whoever is signed out would look at it for ever.
      onRefused: () => void client.refetchQueries({ queryKey: meQuery.queryKey }),
      // What was stored between the last fetch and this connection has not been streamed.
      onOpen: () => {
        fetchEvents(filters, null).then(catchUp, () => setStatus('reconnecting'));
      },
    });
  }, [enabled, ready, visible, filters, receive, catchUp, skipped, client]);

  return enabled ? status : 'off';
}

/** False once the tab has been hidden for a while. */
function useVisible(): boolean {
  const [visible, setVisible] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    function changed() {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => setVisible(false), HIDDEN_MS);
      else setVisible(true);
    }
    document.addEventListener('visibilitychange', changed);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', changed);
    };
  }, []);
  return visible;
}
