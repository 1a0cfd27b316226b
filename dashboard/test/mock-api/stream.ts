import { type Call, type Route } from './http';
import { select, summary } from './events';
import type { State, StoredEvent } from './state';

export function streamRoutes(state: () => State): Route[] {
  return [
    {
      method: 'GET',
      pattern: /^\/v1\/audit\/stream$/,
      open: false,
      handle: (call) => {
        follow(state(), call);
        return undefined;
      },
    },
  ];
}

function follow(state: State, { request, response, url }: Call): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(': open\n\n');
  const resumeAt = url.searchParams.get('cursor') ?? request.headers['last-event-id'];
  const send = (event: StoredEvent) => {
    if (!select({ ...state, events: [event] }, url.searchParams).length) return;
    const data = JSON.stringify(summary(event));
    response.write(`event: audit\nid: ${event.cursor}\ndata: ${data}\n\n`);
  };
  if (typeof resumeAt === 'string') {
    const after = Number(resumeAt.slice(1));
    for (const event of state.events.slice(after)) send(event);
  }
  const stream = { send, end: () => response.end() };
  state.streams.add(stream);
  request.on('close', () => state.streams.delete(stream));
}
