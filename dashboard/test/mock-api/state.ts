// What the mock remembers. One installation with some history; every test starts from `fresh()`.
import type { ApiKey, EventSummary, Project, User } from '../../src/api/model';

export interface StoredEvent extends EventSummary {
  /** Raw JSON text, so that large integers arrive as they were sent. */
  raw: Record<string, string>;
  cursor: string;
}

export interface Stream {
  send: (event: StoredEvent) => void;
  end: () => void;
}

export interface State {
  user: User;
  password: string;
  sessions: Set<string>;
  failedLogins: number;
  projects: Project[];
  keys: ApiKey[];
  /** Oldest first. */
  events: StoredEvent[];
  streams: Set<Stream>;
  /** Refuses everything below /v1 with 503 while set. */
  down: boolean;
}

export const PROJECT = '0191f1c2-0000-7000-8000-00000000aaaa';
export const PASSWORD = 'correct horse battery';
export const EVENT_COUNT = 400;

export function fresh(now: number): State {
  const created = new Date(now - 40 * 86_400_000).toISOString();
  const user: User = { id: 'u1', name: 'Ada Lovelace', email: 'ada@example.com', role: 'owner' };
  const state: State = {
    user,
    password: PASSWORD,
    sessions: new Set(),
    failedLogins: 0,
    projects: [
      {
        id: PROJECT,
        name: 'Web shop',
        slug: 'web-shop',
        created_by: user.id,
        created_at: created,
        archived_at: null,
      },
      {
        id: '0191f1c2-0000-7000-8000-00000000bbbb',
        name: 'Back office',
        slug: 'back-office',
        created_by: user.id,
        created_at: created,
        archived_at: null,
      },
    ],
    keys: [],
    events: [],
    streams: new Set(),
    down: false,
  };
  state.keys.push(
    key('k1', 'checkout, production', { created_at: created }),
    key('k2', 'old laptop', { created_at: created, active: false, revoked_at: created }),
    key('k3', 'shop front', {
      created_at: created,
      scope: 'browser',
      origins: ['https://shop.example'],
      expires_at: new Date(now + 60 * 86_400_000).toISOString(),
    }),
  );
  for (let index = 0; index < EVENT_COUNT; index += 1) addEvent(state, sample(index, now));
  return state;
}

/** Stores an event and hands it to whoever is watching. */
export function addEvent(state: State, event: Omit<StoredEvent, 'cursor'>): StoredEvent {
  const stored = { ...event, cursor: `c${state.events.length + 1}` };
  state.events.push(stored);
  for (const stream of state.streams) stream.send(stored);
  return stored;
}

export function key(id: string, name: string, part: Partial<ApiKey>): ApiKey {
  return {
    id,
    name,
    project_id: PROJECT,
    scope: 'project',
    origins: [],
    created_at: new Date().toISOString(),
    expires_at: null,
    active: true,
    revoked_at: null,
    rate: null,
    replaced_by: null,
    ...part,
  } as ApiKey;
}

const ROUTES = [
  ['checkout', 'POST', '/orders'],
  ['checkout', 'GET', '/orders/8812/items'],
  ['catalog', 'GET', '/products?category=lamps'],
  ['catalog', 'GET', '/products/513'],
  ['accounts', 'PUT', '/users/42/password'],
  ['accounts', 'DELETE', '/sessions/current'],
  ['payments', 'POST', '/charges'],
] as const;
const PEOPLE = ['ada@example.com', 'grace@example.com', 'anonymous', 'svc-billing', "O'Brien"];

/** Repeatable history: the same index gives the same event, newest last. */
function sample(index: number, now: number): Omit<StoredEvent, 'cursor'> {
  const [service, method, path] = ROUTES[(index * 5 + (index >> 3)) % ROUTES.length] ?? ROUTES[0];
  const status =
    index % 37 === 0
      ? 502
      : index % 11 === 0
        ? 404
        : index % 23 === 0
          ? 304
          : method === 'POST'
            ? 201
            : 200;
  const age = (EVENT_COUNT - index) * 190_000 + ((index * 7919) % 97) * 900;
  const who = PEOPLE[index % PEOPLE.length] ?? 'anonymous';
  return {
    id: `0191f1c2-0000-7000-8000-${String(index).padStart(12, '0')}`,
    project_id: PROJECT,
    event_type: 'http',
    identifier: who,
    user_email: who.includes('@') ? who : '',
    user_name: who.includes('@') ? (who.split('@')[0] ?? '') : '',
    method,
    path,
    status_code: status,
    service_name: service,
    environment: index % 9 === 0 ? 'staging' : 'production',
    timestamp: new Date(now - age).toISOString(),
    response_time: status === 502 ? 30_000 : 8 + ((index * 131) % 420),
    raw: {
      request_body: `{"order_id":9007199254740993,"note":"<script>alert(1)</script>","card":"************1234","items":[{"sku":"L-${index}","qty":2}],"gift":false}`,
      response_body: status >= 400 ? '{"error":"upstream timed out"}' : '{"ok":true}',
      query_params: 'null',
    },
  };
}
