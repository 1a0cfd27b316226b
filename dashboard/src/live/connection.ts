// Keeps one event stream open. The browser reconnects by itself after a dropped connection, but
// gives up after an answer that is not a stream; this file then tries again, ever more slowly.
// After every (re)connection it reports a gap, so that the caller can fetch what was missed.
import type { EventSummary } from '../api/model';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

export interface LiveHandlers {
  onEvents: (events: EventSummary[]) => void;
  onState: (state: LiveState) => void;
  onOpen: () => void;
  /** The server answered, and not with a stream: perhaps nobody is signed in any more. */
  onRefused: () => void;
  /** More arrived at once than the stream carries; the list has the rest. */
  onSkipped: () => void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** Arrivals are handed over in groups: one render for a burst instead of one for each event. */
const GROUP_MS = 100;

/** Opens the stream; the returned function closes it for good. */
export function connect(
  url: (cursor: string | undefined) => string,
  handlers: LiveHandlers,
): () => void {
  let source: EventSource | undefined;
  let cursor: string | undefined;
  let retryMs = FIRST_RETRY_MS;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let groupTimer: ReturnType<typeof setTimeout> | undefined;
  let group: EventSummary[] = [];

  function flush() {
    groupTimer = undefined;
    const events = group;
    group = [];
    handlers.onEvents(events);
  }

  function open() {
    let opened = false;
    source = new EventSource(url(cursor));
    source.onopen = () => {
      opened = true;
      retryMs = FIRST_RETRY_MS;
      handlers.onState('live');
      handlers.onOpen();
    };
    source.addEventListener('audit', (message: MessageEvent<string>) => {
      if (message.lastEventId !== '') cursor = message.lastEventId;
      const event = readSummary(message.data);
      if (event === undefined) return;
      group.push(event);
      groupTimer ??= setTimeout(flush, GROUP_MS);
    });
    source.addEventListener('skipped', () => handlers.onSkipped());
    source.onerror = () => {
      handlers.onState('reconnecting');
      if (source?.readyState !== EventSource.CLOSED) return;
      if (!opened) {
        // A place the server refuses to resume from would be refused for ever.
        cursor = undefined;
        handlers.onRefused();
      }
      retryTimer = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    };
  }

  handlers.onState('connecting');
  open();

  return () => {
    clearTimeout(retryTimer);
    clearTimeout(groupTimer);
    source?.close();
  };
}

/** A list item has no free-form JSON, so nothing is lost by reading it as an object. */
function readSummary(data: string): EventSummary | undefined {
  try {
    return JSON.parse(data) as EventSummary;
  } catch {
    return undefined;
  }
}
