import { expect, it } from 'vitest';
import { firstEventCurl, ingestUrl } from './firstEvent';

it('points at the gateway beside this page and carries a valid event', () => {
  const url = ingestUrl({ protocol: 'https:', hostname: 'audit.example' });
  const curl = firstEventCurl(url, 'bat_1');
  expect(curl).toContain('https://audit.example:8081/v1/audit');
  expect(curl).toContain("'X-API-Key: bat_1'");
  const body = /-d '(.*)'$/s.exec(curl)?.[1] ?? '';
  expect(JSON.parse(body)).toMatchObject({ service_name: 'checkout', path: '/orders/42' });
});
