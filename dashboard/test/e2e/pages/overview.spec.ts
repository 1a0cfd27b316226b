import { EVENTS, answering, empty, expect, failing, look, settled, slow, test } from './fixtures';

const STATS = /\/v1\/audit\/stats\?/;

const MONITOR = {
  id: '00000000-0000-7000-8000-000000000001',
  name: 'payments',
  url: 'https://payments.example.com/health',
  interval_seconds: 60,
  timeout_seconds: 10,
  expected_status: 200,
  certificate_warning_days: 14,
  enabled: true,
  last_status: 'down',
  status_since: null,
  last_checked_at: null,
  certificate_expires_at: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
};
const LINE = {
  state: 'current',
  as_of: '2026-01-01T00:00:05.000Z',
  observed_at: '2026-01-01T00:00:04.000Z',
  fresh_as_of: '2026-01-01T00:00:00.000Z',
  lag_seconds: 0,
  books: { compared_until: null, differing: 0 },
  paused: [] as object[],
  instance: null,
};

test('what is wrong stands above the figures, and the page looks right', async ({
  owner: page,
  stack,
}) => {
  expect(EVENTS).toBeGreaterThan(1_000);
  const shop = { project_id: stack.shop.id, name: 'Web shop' };
  const paused = [{ ...shop, why: 'no_key', since: null }];
  await answering(page, '**/v1/pipeline?*', { ...LINE, state: 'late', lag_seconds: 125, paused });
  await answering(page, '**/v1/monitors?*', {
    data: [{ ...MONITOR, project_id: shop.project_id }],
  });
  // An orphan counts a minute after it was stored, which on a new installation is not yet over.
  const orphans = async () => {
    const found = await page.request.get(`/v1/audit/orphans?project_id=${stack.shop.id}`);
    return ((await found.json()) as { total: number }).total;
  };
  await expect.poll(orphans, { timeout: 90_000 }).toBeGreaterThan(0);
  await page.goto(`/app/?project=${stack.shop.id}`);
  await expect(page.getByRole('alert')).toContainText('1 monitor is down: payments');
  await expect(page.getByText(/requests? of browsers? never reached a backend/)).toBeVisible();
  await expect(
    page.getByRole('status').filter({ hasText: 'Data is 2 min 5 s behind' }),
  ).toContainText('Whole until');
  await expect(page.getByText(/^No valid API key writes to this project/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Generate an API key' })).toBeVisible();
  const services = page.getByRole('group', { name: 'Services' });
  await expect(services.getByRole('row', { name: /payments/ })).toContainText('Down');
  await settled(page);
  await look(page, 'overview');
});

test('of several projects, those without a key are named until that is put away', async ({
  owner: page,
  stack,
}) => {
  const paused = [
    { project_id: stack.empty.id, name: 'Nothing yet', why: 'no_key', since: null },
    { project_id: stack.shop.id, name: 'Web shop', why: 'archived', since: LINE.as_of },
  ];
  await answering(page, '**/v1/pipeline', { ...LINE, state: 'kafka_down', paused });
  await page.goto('/app/');
  await expect(page.getByRole('alert')).toContainText('Kafka does not answer.');
  const silent = page.getByText(/^1 project takes no events/);
  await expect(silent).toContainText('Nothing yet');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(silent).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('Kafka does not answer.');
  await expect(silent).toHaveCount(0);
});

test('figures, services and chart lead to their events', async ({ viewer: page }) => {
  await page.goto('/app/?range=7d');
  const figures = page.getByRole('region', { name: 'Key figures' });
  await expect(figures).toContainText(/1,2\d\d/);
  await page.getByRole('link', { name: /^Server errors/ }).click();
  await expect(page).toHaveURL(/\/app\/events\?range=7d&class=5xx$/);
  await page.goBack();

  const services = page.getByRole('region', { name: 'Services' });
  await services.getByRole('link', { name: 'payments' }).click();
  await expect(page).toHaveURL(/service=payments/);
  await page.goBack();

  const chart = page.getByRole('slider', { name: /^Events over time/ });
  await chart.focus();
  await chart.press('ArrowLeft');
  await expect(chart).toHaveAttribute('aria-valuetext', /4xx \d+, 5xx \d+/);
  await chart.press('Shift+ArrowLeft');
  await chart.press('Shift+ArrowLeft');
  await chart.press('Enter');
  await expect(page).toHaveURL(/\/app\/\?from=.*&to=/);
  await page.getByRole('button', { name: 'Show as table' }).first().click();
  await expect(page.getByRole('columnheader', { name: '5xx' })).toBeVisible();
});

test('a drag over the chart sets the range', async ({ viewer: page }) => {
  await page.goto('/app/');
  await settled(page);
  const chart = page.getByRole('slider', { name: /^Events over time/ });
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the chart has no place');
  await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/\/app\/\?from=.*&to=/);
});

test('shows its shape while it loads, and why when it fails', async ({ viewer: page }) => {
  const release = await slow(page, STATS);
  await page.goto('/app/');
  await expect(page.getByRole('status', { name: 'Loading' }).first()).toBeVisible();
  release();
  await settled(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  const works = await failing(page, STATS);
  await page.goto('/app/');
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await look(page, 'overview-failing', { widths: [390] });
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('region', { name: 'Key figures' })).toBeVisible();
});

test('says how to send the first event', async ({ owner: page, stack }) => {
  await empty(page, '**/v1/audit?*');
  await page.goto(`/app/?project=${stack.empty.id}`);
  await expect(page.getByRole('heading', { name: 'Waiting for the first event' })).toBeVisible();
  await look(page, 'overview-empty', { widths: [390] });
});

test('the feed grows by itself', async ({ viewer: page, arrive }) => {
  await page.goto('/app/');
  const feed = page.getByRole('region', { name: 'Latest events' });
  await expect(feed.getByText('LIVE', { exact: true })).toBeVisible();
  const path = `/feed/${Date.now()}`;
  const event = {
    service_name: 'live',
    method: 'GET',
    status_code: 200,
    environment: 'production',
  };
  await arrive({ ...event, path, identifier: 'u', response_time: 1 });
  await expect(feed.getByRole('link').first()).toContainText(path);
});
