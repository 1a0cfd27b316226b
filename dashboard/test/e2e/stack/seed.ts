// What every run begins with: people, two projects, and a day of events with every kind of oddity.
import { setTimeout as wait } from 'node:timers/promises';
import type { Addresses } from './addresses';
import { Api, type Person, send } from './api';
import { EVENTS, eventsOf } from './events';

export interface Seeded {
  owner: Person;
  /** A viewer of the shop only. */
  viewer: Person;
  /** The project with the events. */
  shop: { id: string; key: string };
  /** A project in which nothing has happened yet. */
  empty: { id: string };
}

interface Project {
  id: string;
}

const STORED_WITHIN_MS = 60_000;

export async function seed(
  addresses: Addresses,
  printed: Person & { key: string },
): Promise<Seeded> {
  const owner = { email: printed.email, password: printed.password };
  const api = await Api.login(addresses.api, owner);
  const shop = await api.post<Project>('/v1/auth/projects', { name: 'Web shop', slug: 'web-shop' });
  const empty = await api.post<Project>('/v1/auth/projects', {
    name: 'Nothing yet',
    slug: 'nothing',
  });
  const viewer = { email: 'viewer@example.com', password: 'reads only, nothing else' };
  const person = { ...viewer, name: 'Vera Viewer', role: 'viewer' };
  await api.post('/v1/auth/users', person);
  await api.post(`/v1/auth/projects/${shop.id}/members`, { email: viewer.email, role: 'viewer' });
  const body = { project_id: shop.id, name: 'seed', scope: 'project' };
  const { key } = await api.post<{ key: string }>('/v1/auth/api-keys', body);
  await fill(addresses, key, api, shop.id);
  return { owner, viewer, shop: { id: shop.id, key }, empty: { id: empty.id } };
}

async function fill({ ingest }: Addresses, key: string, api: Api, shop: string): Promise<void> {
  const events = eventsOf(Date.now());
  for (let at = 0; at < events.length; at += 500) {
    await eventually('the new key works', () => send(ingest, key, events.slice(at, at + 500)));
  }
  await eventually('all events are stored', async () => {
    const path = `/v1/audit/stats?project_id=${shop}`;
    const { total } = await api.get<{ total: number }>(path);
    if (total < EVENTS) throw new Error(`${total} of ${EVENTS} are stored`);
  });
}

/** Tries until it works: a new key takes a moment to reach the gateway, an event to be stored. */
export async function eventually(what: string, attempt: () => Promise<void>): Promise<void> {
  const until = Date.now() + STORED_WITHIN_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) throw new Error(`${what}: ${String(error)}`, { cause: error });
      await wait(100);
    }
  }
}
