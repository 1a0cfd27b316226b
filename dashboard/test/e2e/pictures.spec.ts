// The README's pictures. Needs a running demo:
//   BATAUDIT_DEMO       its demo.json
//   BATAUDIT_PICTURES   where the pictures go
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page, expect, test } from '@playwright/test';

interface Demo {
  base_url: string;
  logins: { role: string; email: string; password: string }[];
}

interface Session {
  session_id: string;
  event_count: number;
}

/** What is shown: where it is, and what is done there first. */
const PICTURES: Record<string, [path: string, prepare: (page: Page) => Promise<void>]> = {
  overview: [
    '?range=7d',
    async (page) => {
      await expect(page.locator('.feed-row').first()).toBeVisible();
    },
  ],
  events: [
    'events?class=5xx&tenant=acme',
    async (page) => {
      await page.getByRole('grid').getByRole('row').nth(3).click();
      await expect(page.getByRole('complementary', { name: 'Event details' })).toContainText(
        'Route',
      );
    },
  ],
  session: [
    'sessions',
    async (page) => {
      // The one in which most failed.
      const answer = await page.request.get('/v1/audit/sessions?status_class=5xx&limit=100');
      const { data } = (await answer.json()) as { data: Session[] };
      const [best] = data.sort((one, other) => other.event_count - one.event_count);
      const id = new URLSearchParams({ id: best?.session_id ?? '' });
      await page.goto(`/app/sessions/timeline?${id}`);
      await expect(page.getByRole('list', { name: /^Events of the session/ })).toBeVisible();
    },
  ],
  incident: [
    'anomalies?range=30d',
    async (page) => {
      await page.getByRole('link', { name: 'Mass delete' }).first().click();
      await expect(page.getByRole('slider')).toBeVisible();
    },
  ],
  query: [
    'query',
    async (page) => {
      await page.getByRole('button', { name: 'Requests by service over time' }).click();
      await page.getByRole('button', { name: 'Run' }).click();
      const result = page.getByRole('region', { name: 'Result' });
      await result.getByRole('tab', { name: 'Chart' }).click();
      await expect(result.getByRole('slider')).toBeVisible();
    },
  ],
  report: [
    'studio',
    async (page) => {
      // The one with the most widgets.
      await page.getByRole('button', { name: 'Widgets' }).click();
      await page.getByRole('main').getByRole('row').nth(1).getByRole('link').first().click();
      await expect(page.locator('.widget').first()).toBeVisible();
      await expect(page.locator('.chart-area').first()).toBeVisible();
    },
  ],
  wallboard: [
    'tv',
    async (page) => {
      const headers = { 'X-Requested-With': 'bataudit' };
      const data = { name: 'Entrance hall' };
      const made = await page.request.post('/v1/wallboard/token', { headers, data });
      const { code } = (await made.json()) as { code: string };
      await page.getByLabel('Code of this screen').fill(code);
      await page.getByRole('button', { name: 'Show on this screen' }).click();
      await expect(page.getByRole('heading', { name: 'All projects' })).toBeVisible();
    },
  ],
};

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

const demo = JSON.parse(readFileSync(required('BATAUDIT_DEMO'), 'utf8')) as Demo;
const folder = required('BATAUDIT_PICTURES');
test.use({ baseURL: demo.base_url });

for (const [name, [path, prepare]] of Object.entries(PICTURES)) {
  test(name, async ({ page }) => {
    mkdirSync(folder, { recursive: true });
    const owner = demo.logins.find((login) => login.role === 'owner');
    const data = { email: owner?.email, password: owner?.password };
    const answer = await page.request.post('/v1/auth/login', { data });
    expect(answer.status()).toBe(200);
    await page.goto(`/app/${path}`);
    await prepare(page);
    await expect(page.locator('.skeleton')).toHaveCount(0);
    // The pointer shows nothing that is only there while it points.
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(folder, `${name}.png`) });
  });
}
