// The same picture whenever it is taken. The product keeps events of the last 30 days only, so they are sent at times of
// today and yesterday; to the page all times are told as of one fixed day, and what it asks for is moved back.
import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { type Api, send } from '../stack/api';
import { eventually } from '../stack/seed';
import type { Stack } from '../stack/up';

/** What the page takes for now. */
export const NOW = Date.parse('2026-03-04T18:00:00.000Z');
export const HOURS = 24;
/** What the pictures are written in (fonts.conf). */
export const FONT = 'DejaVu Sans';
/** A range with an end: nothing that comes while the pictures are taken is in it. */
export const RANGE = `from=${at(NOW - HOURS * 3_600_000)}&to=${at(NOW)}`;
const EVENTS = 480;
const DAY_MS = 86_400_000;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;

const SERVICES = ['checkout', 'catalog', 'payments', 'accounts'] as const;
const ROUTES = [
  ['GET', '/products/:id', 200],
  ['GET', '/products', 200],
  ['POST', '/orders', 201],
  ['PUT', '/orders/:id', 200],
  ['DELETE', '/carts/:id', 204],
] as const;
const USERS = ['Ada', 'Bruno', 'Carla', 'Davi', 'Elis', 'Fábio', 'Gil'] as const;

function at(ms: number): string {
  return new Date(ms).toISOString();
}

/** Whole days between the fixed day and the last one of which all of this is over. */
const MOVED_MS = Math.floor((Date.now() - 600_000 - NOW) / DAY_MS) * DAY_MS;

/** Scattered, and the first the most often. With these seeds no two are equally frequent: lists have one order. */
function pick<T>(from: readonly T[], index: number, seed: number): T {
  const total = from.reduce((sum, _, place) => sum + from.length + 1 - place, 0);
  let left = (Math.imul(index + 1, 2_654_435_761 + 2 * 1_013 * seed) >>> 0) % total;
  const place = from.findIndex((_, at) => (left -= from.length + 1 - at) < 0);
  return from[place] as T;
}

function event(index: number): object {
  const [method, route, status] = pick(ROUTES, index, 1);
  const fails = index % 60 < 7;
  const user = pick(USERS, index, 2);
  // More by day than by night.
  const share = index / EVENTS;
  const place = share + 0.04 * Math.sin(share * 4 * Math.PI);
  return {
    service_name: pick(SERVICES, index, 3),
    environment: index % 9 === 0 ? 'staging' : 'production',
    method,
    path: route.replace(':id', String(500 + (index % 90))),
    status_code: fails ? [404, 422, 500, 502][index % 4] : status,
    response_time: 8 + ((index * 37) % 240) + (fails ? 900 : 0),
    identifier: user.toLowerCase(),
    user_email: `${user.toLowerCase()}@example.com`,
    user_name: user,
    session_id: index % 3 === 0 ? `session-${Math.floor(index / 24)}` : undefined,
    request_id: `request-${index}`,
    timestamp: at(NOW + MOVED_MS - HOURS * 3_600_000 * (1 - place) + index),
  };
}

/** A project with the same events in every run; tells its id. */
export async function stillProject(api: Api, stack: Stack): Promise<string> {
  const slug = `corner-shop-${randomUUID().slice(0, 8)}`;
  const made = { name: 'Corner shop', slug };
  const { id } = await api.post<{ id: string }>('/v1/auth/projects', made);
  const body = { project_id: id, name: 'still', scope: 'project' };
  const { key } = await api.post<{ key: string }>('/v1/auth/api-keys', body);
  const events = Array.from({ length: EVENTS }, (_, index) => event(index));
  await eventually('the new key works', () => send(stack.addresses.ingest, key, events));
  await eventually('all events are stored', async () => {
    const since = at(NOW + MOVED_MS - 2 * DAY_MS);
    const path = `/v1/audit/stats?project_id=${id}&start_date=${since}`;
    const { total } = await api.get<{ total: number }>(path);
    if (total < EVENTS) throw new Error(`${total} of ${EVENTS} are stored`);
  });
  return id;
}

/** From now on the page lives on the fixed day. */
export async function liveThen(page: Page): Promise<void> {
  const by = (ms: number) => (text: string) => at(Date.parse(text) + ms);
  await page.clock.setFixedTime(NOW);
  await page.route(/\/v1\/(?!audit\/stream)/, async (route) => {
    const url = new URL(route.request().url());
    for (const [name, value] of [...url.searchParams]) {
      url.searchParams.set(name, value.replace(TIME, by(MOVED_MS)));
    }
    const response = await route.fetch({ url: url.href });
    const body = (await response.text()).replace(TIME, by(-MOVED_MS));
    await route.fulfill({ response, body });
  });
}

/** The font that the page's heading is drawn with. */
export async function fontOf(page: Page): Promise<string | undefined> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('DOM.enable');
  await cdp.send('CSS.enable');
  const { root } = await cdp.send('DOM.getDocument');
  const { nodeId } = await cdp.send('DOM.querySelector', { nodeId: root.nodeId, selector: 'h1' });
  const { fonts } = await cdp.send('CSS.getPlatformFontsForNode', { nodeId });
  await cdp.detach();
  return fonts[0]?.familyName;
}
