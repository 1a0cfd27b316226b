// What every page's spec starts from: somebody signed in, and a page that fails the test when it
// complains, asks another site or runs planted text as a script.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, type Page, test as base, expect } from '@playwright/test';
import { Api, type Person, send } from '../stack/api';
import { type Receiver, startReceiver } from '../stack/receiver';
import type { Stack } from '../stack/up';
import { type Depth, violations } from './axe';

export { expect };
export { EVENTS, XSS } from '../stack/events';
export { eventually } from '../stack/seed';

const ARTIFACTS = fileURLToPath(
  new URL('../../../../target/test-artifacts/dashboard/pictures', import.meta.url),
);
export const WIDTHS = [1440, 1024, 390] as const;
export const THEMES = ['light', 'dark'] as const;

interface Fixtures {
  /** Signed in as the owner of the installation. */
  owner: Page;
  /** Signed in as a viewer of the shop. */
  viewer: Page;
  /** The API, as the owner. */
  api: Api;
  /** Sends events into the shop, as an application. */
  arrive: (...events: object[]) => Promise<void>;
  /** A project of this test alone, by id: what is set there changes nothing for other tests. */
  project: string;
  /** Somebody else's service, for webhooks and monitors. */
  receiver: Receiver;
  stack: Stack;
}

const sessions = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>();

export const test = base.extend<Fixtures>({
  stack: async ({}, use) => {
    const text = process.env['BATAUDIT_E2E'];
    if (text === undefined) throw new Error('stack/setup.ts did not run');
    await use(JSON.parse(text) as Stack);
  },
  page: async ({ page, baseURL }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Failed requests are the business of the tests that cause them.
      const failed = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !failed) complaints.push(message.text());
    });
    page.on('request', (request) => {
      const own = request.url().startsWith(`${baseURL}/`) || /^(blob|data):/.test(request.url());
      if (!own) complaints.push(`asked ${request.url()}`);
    });
    page.on('dialog', (dialog) => complaints.push(`a script asked: ${dialog.message()}`));
    await use(page);
    expect(await page.title()).not.toBe('hacked');
    expect(complaints).toEqual([]);
  },
  owner: async ({ page, context, stack }, use) => {
    await signIn(context, stack.addresses.api, stack.owner);
    await use(page);
  },
  viewer: async ({ page, context, stack }, use) => {
    await signIn(context, stack.addresses.api, stack.viewer);
    await use(page);
  },
  api: async ({ stack }, use) => use(await Api.login(stack.addresses.api, stack.owner)),
  arrive: async ({ stack }, use) => {
    await use((...events) => send(stack.addresses.ingest, stack.shop.key, events));
  },
  project: async ({ api }, use) => {
    const slug = `of-test-${randomUUID().slice(0, 8)}`;
    const made = await api.post<{ id: string }>('/v1/auth/projects', { name: slug, slug });
    await use(made.id);
    await api.call('PATCH', `/v1/auth/projects/${made.id}`, { archived: true });
  },
  receiver: async ({}, use) => {
    const started = await startReceiver();
    await use(started);
    started.stop();
  },
});

/** One sign-in a person and run: the server slows down who signs in all the time. */
async function signIn(context: BrowserContext, api: string, person: Person): Promise<void> {
  const known = sessions.get(person.email);
  if (known !== undefined) return context.addCookies(known.cookies);
  const response = await context.request.post(`${api}/v1/auth/login`, {
    headers: { 'X-Requested-With': 'bataudit' },
    data: person,
  });
  expect(response.status(), await response.text()).toBe(200);
  sessions.set(person.email, await context.storageState());
}

/** The page stands: its heading is there, and nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('.skeleton')).toHaveCount(0);
}

/** Answers a route of the API only after `release` was called. */
export async function slow(page: Page, route: string | RegExp): Promise<() => void> {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(route, async (each) => {
    await released;
    await each.fallback();
  });
  return release;
}

/** Lets a route of the API fail, until the returned function is called. */
export async function failing(page: Page, route: string | RegExp, status = 503) {
  const body = { error: 'the store is down', code: 'unavailable', request_id: 'bat-test-1' };
  await page.route(route, (each) => each.fulfill({ status, json: body }));
  return () => page.unroute(route);
}

/** Lets a route of the API answer with this instead: for what a real product cannot be brought to. */
export async function answering(page: Page, route: string | RegExp, json: unknown) {
  await page.route(route, (each) => each.fulfill({ json }));
  return () => page.unroute(route);
}

/** A list of the API that holds nothing. */
export function empty(page: Page, route: string | RegExp) {
  const pagination = { page: 1, limit: 100, totalItems: 0, totalPage: 0, next_cursor: null };
  return answering(page, route, { data: [], pagination, total: 0, next_cursor: null });
}

/**
 * Looks at the page as it stands, in both themes and at these widths: nothing is wider than the screen, axe finds
 * nothing, and a picture of each is left in target/test-artifacts/dashboard/pictures, or is the one that is kept.
 */
export async function look(
  page: Page,
  name: string,
  { widths = WIDTHS, compare = false }: { widths?: readonly number[]; compare?: boolean } = {},
): Promise<void> {
  // A change of width costs more than one of theme.
  for (const width of widths) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const at = `${name}, ${colorScheme}, ${width}`;
      const picture = `${name}-${width}-${colorScheme}.png`;
      if (compare) await expect.soft(page, at).toHaveScreenshot(picture, { timeout: 10_000 });
      else await page.screenshot({ path: join(ARTIFACTS, picture) });
      expect(await overflow(page), `${at}: wider than the screen`).toBe(0);
      expect(await violations(page, depthOf(width, colorScheme, widths[0])), at).toEqual([]);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Colours change with the theme, sizes with the width, and what there is at all only on a phone. */
function depthOf(width: number, theme: string, first: number | undefined): Depth {
  if (theme === 'dark') return 'colours';
  return width === first || width === 390 ? 'all' : 'sizes';
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const main = document.getElementById('main');
    return Math.max(
      document.documentElement.scrollWidth - window.innerWidth,
      main === null ? 0 : main.scrollWidth - main.clientWidth,
    );
  });
}
