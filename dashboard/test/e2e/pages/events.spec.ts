import type { Page } from '@playwright/test';
import { answering, empty, expect, failing, look, settled, slow, test } from './fixtures';

const LIST = /\/v1\/audit\?/;
const ARRIVING = {
  service_name: 'live',
  method: 'GET',
  status_code: 200,
  environment: 'production',
  identifier: 'u',
  response_time: 1,
};

function rows(page: Page) {
  return page.getByRole('grid').getByRole('rowgroup').getByRole('row');
}

test('filters live in the URL, are counted, negated, and each can be cleared', async ({
  viewer: page,
}) => {
  await page.goto('/app/events');
  await page.getByRole('button', { name: 'Service: all' }).click();
  const services = page.getByRole('dialog', { name: 'Service' });
  await services.getByRole('button', { name: /^catalog\s*\d+$/ }).click();
  await services.getByRole('button', { name: 'Exclude payments' }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/service=catalog&service!=payments/);
  await page.getByRole('button', { name: 'Status class: all' }).click();
  await page.getByRole('button', { name: /^4xx/ }).click();
  await page.keyboard.press('Escape');
  await expect(rows(page).first()).toContainText(/404|422/);
  for (const row of await rows(page).all()) await expect(row).toContainText('catalog');

  await page.reload();
  const chips = page.getByRole('list', { name: 'Active filters' });
  await expect(chips.getByRole('listitem')).toHaveCount(4);
  await page.getByRole('button', { name: 'Clear Status class 4xx' }).click();
  await expect(page).not.toHaveURL(/class=4xx/);
  await page.goBack();
  await expect(page).toHaveURL(/class=4xx/);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await expect(page).toHaveURL(/\/app\/events$/);

  // Any word of an event; here one that only its bodies and its path hold.
  await page.getByLabel('Words').fill('onerror');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=onerror$/);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText('/search?q=');
});

test('BatAudit’s own events are told apart, and left out', async ({ owner: page, api }) => {
  const { data } = await api.get<{ data: { id: string; name: string }[] }>('/v1/auth/projects');
  const own = data.at(-1)?.id ?? '';
  await page.goto(`/app/?project=${own}`);
  await expect(
    page.getByRole('heading', { name: 'Only BatAudit itself writes here' }),
  ).toBeVisible();
  await page.getByRole('link', { name: 'Show these events' }).click();
  await expect(
    rows(page)
      .filter({ hasText: /CREATE|LOGIN/ })
      .first(),
  ).toBeVisible();
  await expect(page.getByText('incl. BatAudit’s own')).toBeVisible();
  await page.getByRole('button', { name: 'Leave out' }).click();
  await expect(page).toHaveURL(/type!=system\.audit/);
  await expect(page.getByRole('heading', { name: 'No events match' })).toBeVisible();
});

test('a custom range is entered in the reader’s zone', async ({ viewer: page }) => {
  await page.goto('/app/events');
  await page.getByRole('button', { name: /^Time range/ }).click();
  const range = page.getByRole('dialog', { name: 'Time range' });
  await range.getByLabel('From').fill('2020-01-02T00:00');
  await range.getByLabel('To').fill('2020-01-01T00:00');
  await range.getByRole('button', { name: 'Apply' }).click();
  await expect(range.getByRole('alert')).toHaveText('The start must be before the end.');
  await range.getByLabel('To').fill('2020-01-03T00:00');
  await range.getByRole('button', { name: 'Apply' }).click();
  // Entered in São Paulo, asked for in UTC.
  await expect(page).toHaveURL(/from=2020-01-02T03%3A00%3A00.000Z&to=2020-01-03T03%3A00%3A00.000Z/);
  await expect(page.getByText('Not live')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'No events match' })).toBeVisible();
});

test('an event arrives without a reload, and waits while arrivals are paused', async ({
  viewer: page,
  arrive,
}) => {
  await page.goto('/app/events');
  await expect(page.getByText('LIVE', { exact: true })).toBeVisible();
  const path = `/arrives/${Date.now()}`;
  await arrive({ ...ARRIVING, path: `${path}/live` });
  await expect(rows(page).filter({ hasText: `${path}/live` })).toHaveCount(1);

  await page.keyboard.press('p');
  await expect(page.getByText('Paused')).toBeVisible();
  await arrive({ ...ARRIVING, path: `${path}/waits` });
  const waiting = page.getByRole('button', { name: /^\d+ new$/ });
  await expect(waiting).toBeVisible();
  await expect(rows(page).filter({ hasText: `${path}/waits` })).toHaveCount(0);
  await waiting.click();
  await expect(rows(page).filter({ hasText: `${path}/waits` })).toHaveCount(1);
  await expect(page.getByText('LIVE', { exact: true })).toBeVisible();
});

test('what was missed while the stream was broken is fetched', async ({ viewer: page, arrive }) => {
  await page.route('**/v1/audit/stream?*', (route) => route.abort());
  await page.goto('/app/events');
  await expect(page.getByText('Reconnecting')).toBeVisible();
  const path = `/while/down/${Date.now()}`;
  await arrive({ ...ARRIVING, path });
  await page.unroute('**/v1/audit/stream?*');
  // The page tries again ever more slowly, at last every 30 s.
  await expect(rows(page).filter({ hasText: path })).toHaveCount(1, { timeout: 90_000 });
  await expect(page.getByText('LIVE', { exact: true })).toBeVisible();
});

test('the list can be used from the keyboard, and tells its keys', async ({ viewer: page }) => {
  await page.goto('/app/events?range=7d');
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys of this page' });
  await expect(help).toContainText('Search for words');
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
  await page.keyboard.press('/');
  await expect(page.getByLabel('Words')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.getByRole('grid').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('complementary', { name: 'Event details' });
  await expect(drawer).toBeVisible();
  const second = await rows(page).nth(1).getAttribute('id');
  await page.keyboard.press('j');
  await expect(page).toHaveURL(new RegExp(`event=${second?.replace('event-', '')}`));
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(page.getByRole('grid')).toBeFocused();
});

test('an export honours every filter and the range', async ({ viewer: page }) => {
  // The picker for a place on the disk is a window of the system's, which no test reaches.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.goto('/app/events?range=7d&service=catalog&status!=404&class=4xx');
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export events' });
  await dialog.getByLabel('Format').selectOption('ndjson');
  const asked = page.waitForRequest(/\/v1\/audit\/export\?/);
  const arriving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export' }).click();
  const params = new URL((await asked).url()).searchParams;
  expect(params.get('service_name')).toBe('catalog');
  expect(params.get('status_code!')).toBe('404');
  expect(params.get('status_class')).toBe('4xx');
  const days = (Date.now() - Date.parse(params.get('start_date') ?? '')) / 86_400_000;
  expect(Math.round(days)).toBe(7);
  await expect(dialog.getByRole('status')).toContainText('Done:');
  const stream = await (await arriving).createReadStream();
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) {
    expect(event['service_name']).toBe('catalog');
    expect(event['status_code']).toBe(422);
  }
  const signed = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Signed manifest' }).click();
  expect((await signed).suggestedFilename()).toBe('bataudit-manifest.json');
  await look(page, 'events-export');
});

test('a hundred thousand rows scroll, and only those in view exist', async ({ viewer: page }) => {
  const ROWS = 100_000;
  const data = Array.from({ length: ROWS }, (_, index) => ({
    id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    project_id: 'p',
    event_type: 'http',
    identifier: `user-${index % 50}`,
    user_email: '',
    user_name: '',
    method: 'GET',
    path: `/row/${index}`,
    status_code: 200,
    service_name: 'many',
    environment: 'production',
    timestamp: new Date(Date.UTC(2026, 0, 2) - index * 100).toISOString(),
    response_time: 1,
  }));
  const pagination = { page: 1, limit: ROWS, totalItems: ROWS, totalPage: 1, next_cursor: null };
  await answering(page, LIST, { data, pagination });
  await page.goto('/app/events?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z');
  await expect(page.getByText('100,000 events')).toBeVisible();
  const grid = page.getByRole('grid');
  for (const row of [0, 12_345, 50_000, 99_999]) {
    await grid.evaluate(
      (list, share) => {
        list.scrollTo({ top: (list.scrollHeight - list.clientHeight) * share });
      },
      row / (ROWS - 1),
    );
    await expect(
      rows(page)
        .filter({ hasText: `/row/${row}` })
        .first(),
    ).toBeVisible();
    expect(await rows(page).count()).toBeLessThan(80);
  }
});

test('shows its shape while it loads, why when it fails, and what to do when nothing matches', async ({
  viewer: page,
}) => {
  const release = await slow(page, LIST);
  await page.goto('/app/events');
  await expect(page.getByRole('status', { name: 'Loading' })).toBeVisible();
  release();
  await settled(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  const works = await failing(page, LIST);
  await page.goto('/app/events');
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('grid')).toBeVisible();

  await empty(page, LIST);
  await page.goto('/app/events?service=nobody');
  await expect(page.getByRole('heading', { name: 'No events match' })).toBeVisible();
});
