// What a test may do to the mock from outside: start over, let an event arrive, take the API down.
import { randomUUID } from 'node:crypto';
import type { Route } from './http';
import { PROJECT, type State, type StoredEvent, addEvent, fresh } from './state';

export function controlRoutes(state: () => State, replace: (next: State) => void): Route[] {
  const control = (path: string, act: (body: Record<string, unknown>) => unknown): Route => ({
    method: 'POST',
    pattern: new RegExp(`^/mock/${path}$`),
    open: true,
    handle: ({ body }) => ({
      status: 200,
      body: act((body ?? {}) as Record<string, unknown>) ?? {},
    }),
  });
  return [
    control('reset', (body) => {
      const next = fresh(Date.now());
      if (body['empty'] === true) next.events = [];
      replace(next);
    }),
    control('arrive', (body) => ({ id: arrive(state(), body as Partial<StoredEvent>).id })),
    control('down', (body) => {
      state().down = body['down'] === true;
      // A server that goes down takes its connections with it.
      if (state().down) for (const stream of [...state().streams]) stream.end();
    }),
    control('expire-sessions', () => state().sessions.clear()),
  ];
}

export function arrive(state: State, part: Partial<StoredEvent>): StoredEvent {
  return addEvent(state, {
    id: randomUUID(),
    project_id: PROJECT,
    event_type: 'http',
    identifier: 'grace@example.com',
    user_email: 'grace@example.com',
    user_name: 'Grace',
    method: 'POST',
    path: '/arrived',
    status_code: 201,
    service_name: 'checkout',
    environment: 'production',
    timestamp: new Date().toISOString(),
    response_time: 38,
    raw: { request_body: '{"n":1}' },
    ...part,
  });
}
