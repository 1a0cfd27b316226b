import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import type { Api } from '../stack/api';
import { XSS, answering, expect, failing, look, test } from './fixtures';

interface Made {
  id: string;
  code: string;
}

const STREAM = /\/v1\/wallboard\/stream/;

function screen(api: Api, project?: string): Promise<Made> {
  const of = project === undefined ? {} : { project_id: project };
  return api.post<Made>('/v1/wallboard/token', { ...of, name: 'Entrance hall' });
}

/** The screen says that it is live; a service may have that name too. */
function live(page: Page) {
  return page.getByRole('status').filter({ hasText: /^live$/ });
}

async function activate(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code of this screen').fill(code.toLowerCase());
  await page.getByRole('button', { name: 'Show on this screen' }).click();
  await expect(live(page)).toBeVisible();
}

test('a code makes a screen, which is live, comes back by itself, and is ended', async ({
  page,
  api,
  stack,
  arrive,
}) => {
  const { id, code } = await screen(api, stack.shop.id);
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  await page.goto('/app/tv');
  await look(page, 'tv-door');
  await page.getByLabel('Code of this screen').fill('BAT-WRONG');
  await page.getByRole('button', { name: 'Show on this screen' }).click();
  await expect(page.getByText('This code is unknown, was used, or is over.')).toBeVisible();
  await activate(page, code);

  // Outside the frame: no navigation, and no session that was asked for.
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Web shop' })).toBeVisible();
  await expect(page.getByLabel('The last 24 hours')).toContainText(/Events, 24 h\s*[\d,]+/);
  await expect(page.getByRole('img', { name: /events in the last 2 hours/ })).toBeVisible();
  // The same in rows, for those who see no picture: each five minutes, and the head.
  const volume = page.getByRole('region', { name: 'Events of the last 2 hours' });
  await expect(volume.getByRole('columnheader', { name: 'Events in 5 min' })).toBeAttached();
  expect(await volume.getByRole('row').count()).toBeGreaterThan(20);

  const place = `/wall/${randomUUID()}`;
  const events = page.getByRole('region', { name: 'Latest events' });
  await arrive({
    service_name: 'checkout',
    environment: 'production',
    method: 'POST',
    path: `${place}/${XSS.replaceAll('/', '')}?secret=1`,
    status_code: 503,
    identifier: 'nobody-on-a-wall',
    response_time: 12,
  });
  await expect(events.getByText(`POST ${place}/<img`)).toBeVisible();
  await expect(page.getByText('secret')).toHaveCount(0);
  await expect(page.getByText('nobody-on-a-wall')).toHaveCount(0);

  // Switched off and on again, it needs nobody; and so it does with a token that is over.
  await page.reload();
  await expect(live(page)).toBeVisible();
  await expect(events.getByText(`POST ${place}/<img`)).toBeVisible();
  expect(addresses.join(' ')).not.toMatch(/token=|refresh_token|eyJ/);

  await api.call('DELETE', `/v1/wallboard/token?id=${id}`);
  await expect(page.getByText('This screen was ended')).toBeVisible({ timeout: 60_000 });
  expect(await page.evaluate(() => localStorage.getItem('wb_refresh_token'))).toBeNull();
});

test('a server that goes away is waited for, and its new page is taken', async ({
  page,
  api,
  stack,
}) => {
  const { code } = await screen(api, stack.shop.id);
  // The first connection ends at once, as when a server stops; the next ones find nobody.
  let there = true;
  await page.route(STREAM, (route) => (there ? route.fallback() : route.abort()));
  await page.goto('/app/tv');
  await activate(page, code);
  there = false;
  await page.route('**/v1/wallboard/refresh', (route) => route.abort());
  // Another environment is another stream: this closes the open one.
  await page.evaluate(() => {
    history.pushState(null, '', '/app/tv?environment=staging');
  });
  await expect(page.getByText(/^No connection\. Figures of \d\d:\d\d$/)).toBeVisible();
  // What is known stays in sight.
  await expect(page.getByRole('heading', { name: 'Web shop' })).toBeVisible();

  const html = (await (await page.request.get('/app/')).text()).replace(
    /assets\/index-[\w-]+\.js/,
    'assets/index-newer.js',
  );
  const ofPage = (url: URL) => url.pathname === '/app/';
  await page.route(ofPage, (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await page.unroute('**/v1/wallboard/refresh');
  const loaded = page.waitForEvent('load');
  there = true;
  await loaded;
  await expect(live(page)).toBeVisible();
  await expect(page.getByText('staging', { exact: true })).toBeVisible();
});

test('all projects stand side by side, those in trouble first', async ({ page, api }) => {
  const { code } = await screen(api);
  await answering(page, '**/v1/wallboard/alerts*', {
    data: [
      {
        rule_type: 'error_rate',
        service_name: 'checkout',
        environment: 'production',
        timestamp: new Date().toISOString(),
      },
    ],
  });
  await answering(page, '**/v1/wallboard/health*', {
    data: [
      { name: 'shop', url: 'https://shop.test/', last_status: 'down', response_ms: null },
      { name: 'pay', url: 'https://pay.test/', last_status: 'up', response_ms: 45 },
    ].map((monitor) => ({ ...monitor, last_checked: new Date().toISOString() })),
  });
  await page.goto('/app/tv');
  await activate(page, code);
  await expect(page.getByRole('heading', { name: 'All projects' })).toBeVisible();
  await expect(page.getByRole('region', { name: /^Monitors/ })).toContainText('1 down');
  const alerts = page.getByRole('region', { name: 'Alerts of the last 30 minutes' });
  await expect(alerts).toContainText('Error rate checkout');
  await look(page, 'tv');

  // The buttons are gone until somebody moves.
  await page.mouse.move(200, 200);
  await page.mouse.move(240, 240);
  await page.getByRole('button', { name: 'Projects' }).click();
  await expect(page).toHaveURL(/view=grid/);
  const cells = page.getByRole('list', { name: 'All projects' }).getByRole('listitem');
  await expect(cells.filter({ hasText: 'Web shop' })).toContainText('events in 24 h');
  await look(page, 'tv-grid', { widths: [1440] });

  // Ending it asks twice, and leaves nothing behind.
  await page.getByRole('button', { name: 'End this screen' }).click();
  await page.getByRole('button', { name: 'Really end it?' }).click();
  await expect(page.getByLabel('Code of this screen')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Code of this screen')).toBeVisible();
});

test('says which figures are old or missing while the rest is live', async ({ page, api }) => {
  const { code } = await screen(api);
  const works = await failing(page, '**/v1/wallboard/health*', 500);
  await page.goto('/app/tv');
  await activate(page, code);
  const monitors = page.getByRole('region', { name: /^Monitors/ });
  const errors = page.getByRole('region', { name: 'Errors of the last hour' });
  await expect(monitors).toContainText('Could not be loaded. It is tried again.');
  await expect(errors.getByRole('status')).toHaveCount(0);
  await expect(live(page)).toBeVisible();
  await works();
  await failing(page, '**/v1/wallboard/error-routes*', 500);
  // Each is asked for twice a minute.
  await expect(errors).toContainText(/Not up to date since \d\d:\d\d/, { timeout: 60_000 });
  await expect(monitors).not.toContainText('Could not be loaded', { timeout: 60_000 });
  await expect(live(page)).toBeVisible();
  await look(page, 'tv-not-up-to-date', { widths: [1440, 390] });
});

test('says how long to wait, and why it failed', async ({ page }) => {
  await page.route('**/v1/wallboard/activate', (route) =>
    route.fulfill({
      status: 429,
      headers: { 'Retry-After': '12' },
      json: { error: 'too many wrong codes', code: 'rate_limited', request_id: 'bat-test-2' },
    }),
  );
  await page.goto('/app/tv');
  await page.getByLabel('Code of this screen').fill('BAT-7K3M9QXZ');
  await page.getByRole('button', { name: 'Show on this screen' }).click();
  await expect(page.getByText('Try again in 12 seconds.')).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await failing(page, '**/v1/wallboard/activate', 503);
  await page.getByRole('button', { name: 'Show on this screen' }).click();
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
});
