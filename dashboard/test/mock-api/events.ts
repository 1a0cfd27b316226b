import type { EventSummary } from '../../src/api/model';
import { Refusal, type Route, route } from './http';
import type { State, StoredEvent } from './state';

export function eventRoutes(state: () => State): Route[] {
  return [
    route('get', '/v1/audit', ({ url }) => {
      const matching = newestFirst(select(state(), url.searchParams));
      const limit = Number(url.searchParams.get('limit') ?? 10);
      const offset = Number(url.searchParams.get('cursor')?.slice(1) ?? 0);
      const rows = matching.slice(offset, offset + limit);
      const next = offset + rows.length;
      return {
        status: 200,
        body: {
          data: rows.map(summary),
          pagination: {
            page: Math.floor(offset / limit) + 1,
            limit,
            totalItems: matching.length,
            totalPage: Math.ceil(matching.length / limit),
            next_cursor: next < matching.length ? `p${next}` : null,
          },
        },
      };
    }),
    route('get', '/v1/audit/facets', ({ url }) => {
      const all = select(state(), url.searchParams);
      const values = (name: 'service_name' | 'environment' | 'method') =>
        [...new Set(all.map((event) => event[name]))].sort();
      return {
        status: 200,
        body: {
          services: values('service_name'),
          environments: values('environment'),
          methods: values('method'),
          sources: ['backend'],
        },
      };
    }),
    route('get', '/v1/audit/stats', ({ url }) => ({
      status: 200,
      body: stats(select(state(), url.searchParams), url.searchParams),
    })),
    detail(state),
  ];
}

/** Written as text, because an object could not hold the integers of the bodies. */
function detail(state: () => State): Route {
  return {
    method: 'GET',
    pattern: /^\/v1\/audit\/(?<id>[0-9a-f-]{36})$/,
    open: false,
    handle: ({ params, response }) => {
      const event = state().events.find(({ id }) => id === params['id']);
      if (!event) throw new Refusal(404, 'not_found', 'Audit record not found');
      const fields = Object.entries({
        ...summary(event),
        ip: '2001:db8:85a3::8a2e:370:7334',
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/147.0',
        request_id: 'bat-7f1c',
        session_id: '',
        source: 'backend',
      }).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
      const bodies = Object.entries(event.raw).map(
        ([name, raw]) => `${JSON.stringify(name)}:${raw}`,
      );
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(`{${[...fields, ...bodies].join(',')}}`);
      return undefined;
    },
  };
}

export function summary({ raw, cursor, ...event }: StoredEvent): EventSummary {
  return event;
}

export function select(state: State, query: URLSearchParams): StoredEvent[] {
  const equal = [
    ['project_id', 'project_id'],
    ['service_name', 'service_name'],
    ['identifier', 'identifier'],
    ['method', 'method'],
    ['path', 'path'],
    ['environment', 'environment'],
    ['event_type', 'event_type'],
    ['status_code', 'status_code'],
  ] as const;
  const from = Date.parse(query.get('start_date') ?? '') || 0;
  const to = Date.parse(query.get('end_date') ?? '') || Infinity;
  const cls = query.get('status_class');
  return state.events.filter((event) => {
    const at = Date.parse(event.timestamp);
    return (
      at >= from &&
      at <= to &&
      (cls === null || Math.floor(event.status_code / 100) === Number(cls[0])) &&
      equal.every(([name, field]) => !query.has(name) || String(event[field]) === query.get(name))
    );
  });
}

function newestFirst(events: StoredEvent[]): StoredEvent[] {
  return [...events].sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp));
}

function stats(events: StoredEvent[], query: URLSearchParams) {
  const from = Date.parse(query.get('start_date') ?? '') || Date.now() - 86_400_000;
  const to = Date.parse(query.get('end_date') ?? '') || Date.now();
  const interval = [60, 300, 900, 1_800, 3_600, 21_600, 86_400].find(
    (s) => (to - from) / 1_000 / s <= 100,
  );
  const seconds = interval ?? 86_400;
  const within = (low: number, rows = events) =>
    rows.filter((event) => Math.floor(event.status_code / 100) === low).length;
  const average = (rows: StoredEvent[]) =>
    rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row.response_time, 0) / rows.length;
  const group = (name: (event: StoredEvent) => string) => {
    const groups = new Map<string, StoredEvent[]>();
    for (const event of events)
      groups.set(name(event), [...(groups.get(name(event)) ?? []), event]);
    return groups;
  };
  const sorted = events.map((event) => event.response_time).sort((a, b) => a - b);
  const last = newestFirst(events)[0]?.timestamp ?? null;
  return {
    total: events.length,
    errors_4xx: within(4),
    errors_5xx: within(5),
    avg_response_time: average(events),
    p95_response_time: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    active_services: group((event) => event.service_name).size,
    last_event_at: last,
    by_service: [...group((event) => event.service_name)].map(([service_name, rows]) => ({
      service_name,
      requests: rows.length,
      errors: within(4, rows) + within(5, rows),
      avg_response_time: average(rows),
      last_event: newestFirst(rows)[0]?.timestamp ?? '',
    })),
    by_status_class: { '2xx': within(2), '3xx': within(3), '4xx': within(4), '5xx': within(5) },
    by_method: Object.fromEntries(
      [...group((event) => event.method)].map(([method, rows]) => [method, rows.length]),
    ),
    timeline: [
      ...group((event) => String(Math.floor(Date.parse(event.timestamp) / 1_000 / seconds))),
    ].map(([bucket, rows]) => ({
      hour: new Date(Number(bucket) * seconds * 1_000).toISOString(),
      count: rows.length,
      errors_4xx: within(4, rows),
      errors_5xx: within(5, rows),
    })),
    interval_seconds: seconds,
  };
}
