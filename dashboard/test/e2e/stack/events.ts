// A day of a web shop, the same in every run but for the time it ends at.

/** How many `eventsOf` gives. */
export const EVENTS = 1_200;

/** Text that would run as a script wherever it were not shown as text. */
export const XSS = '<img src=x onerror="document.title=\'hacked\'">';

const SERVICES = ['checkout', 'catalog', 'payments', 'accounts'] as const;
const ROUTES = [
  ['GET', '/products/:id', 200],
  ['GET', '/products', 200],
  ['POST', '/orders', 201],
  ['PUT', '/orders/:id', 200],
  ['DELETE', '/carts/:id', 204],
] as const;
const MINUTE_MS = 60_000;

export function eventsOf(now: number): object[] {
  return Array.from({ length: EVENTS }, (_, index) => ({
    ...ordinary(index, now),
    ...(ODD.get(index)?.() ?? {}),
  }));
}

function ordinary(index: number, now: number): object {
  const [method, route, status] = ROUTES[index % ROUTES.length] ?? ROUTES[0];
  const user = index % 37;
  // Errors come in waves, so that a chart has something to show.
  const fails = index % 50 < 4;
  return {
    service_name: SERVICES[index % SERVICES.length],
    environment: index % 10 === 0 ? 'staging' : 'production',
    method,
    path: route.replace(':id', String(500 + (index % 90))),
    status_code: fails ? [404, 422, 500, 502][index % 4] : status,
    response_time: 8 + ((index * 37) % 240) + (fails ? 900 : 0),
    identifier: `user-${user}`,
    user_email: `user-${user}@example.com`,
    user_name: `User ${user}`,
    tenant_id: `tenant-${index % 3}`,
    session_id: `session-${Math.floor(index / 12)}`,
    request_id: `request-${index}`,
    ip: `203.0.113.${index % 250}`,
    timestamp: new Date(now - (EVENTS - 1 - index) * MINUTE_MS).toISOString(),
  };
}

/** Single events that stand out, by index; the last index is the newest event. */
const ODD = new Map<number, () => object>([
  [
    EVENTS - 2,
    // Every field that takes such text; the gateway refuses it as service, method, event type, source and address.
    () => ({
      path: `/search?q=${XSS}`,
      method: 'POST',
      status_code: 502,
      identifier: XSS,
      user_name: XSS,
      user_email: `"${XSS}"@example.com`,
      user_type: XSS,
      user_roles: [XSS],
      environment: XSS,
      tenant_id: XSS,
      session_id: XSS,
      request_id: XSS,
      user_agent: XSS,
      error_message: XSS,
      query_params: { q: XSS, [XSS]: '1' },
      path_params: { id: XSS },
      request_body: {
        [XSS]: XSS,
        order_id: 1,
        password: 'hunter2',
        items: [{ sku: 'A-1' }, { sku: 'B-2' }],
      },
      response_body: { error: XSS },
    }),
  ],
  [
    EVENTS - 3,
    () => ({
      event_type: 'order.changed',
      request_body: {
        old: { state: 'open', total: 12.5, lines: [1, 2] },
        new: { state: 'paid', total: 12.5, lines: [1, 2, 3], paid_at: '2026-01-01' },
      },
    }),
  ],
  // One request as the browser and as the backend saw it.
  [EVENTS - 5, () => ({ source: 'backend', request_id: 'pair-1', path: '/orders/77' })],
  [EVENTS - 6, () => ({ source: 'browser', request_id: 'pair-1', path: '/orders/77' })],
  // A browser's request that no backend reported.
  ...[7, 8, 9].map(
    (back) => [EVENTS - back, () => ({ source: 'browser', request_id: `orphan-${back}` })] as const,
  ),
]);
