// The guide to a first event, as text to paste. The gateway listens beside this page by default.

const INGEST_PORT = 8081;

export const KEY_PLACEHOLDER = 'YOUR_API_KEY';

export function ingestUrl(location: Pick<Location, 'protocol' | 'hostname'>): string {
  return `${location.protocol}//${location.hostname}:${INGEST_PORT}/v1/audit`;
}

export function firstEventCurl(url: string, key: string): string {
  const event = {
    service_name: 'checkout',
    identifier: 'ada@example.com',
    method: 'POST',
    path: '/orders/42',
    status_code: 201,
    response_time: 38,
    environment: 'production',
  };
  return [
    `curl -sS ${url} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -H 'X-API-Key: ${key}' \\`,
    `  -d '${JSON.stringify(event, null, 2).replaceAll('\n', '\n  ')}'`,
  ].join('\n');
}
