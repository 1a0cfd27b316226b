import type { Page } from '@playwright/test';
import { XSS, empty, expect, failing, look, settled, slow, test } from './fixtures';

const LIST = /\/v1\/audit\?/;

function rows(page: Page) {
  return page.getByRole('grid').getByRole('rowgroup').getByRole('row');
}

test('filters live in the URL, are negated, and each can be cleared', async ({ viewer: page }) => {
  await page.goto('/app/events');
  await page.getByRole('button', { name: 'Service: all' }).click();
  const services = page.getByRole('dialog', { name: 'Service' });
  await services.getByRole('button', { name: /^catalog/ }).click();
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
  await expect(page.getByRole('heading', { name: 'No events match' })).toBeVisible();
});

test('an event arrives without a reload', async ({ viewer: page, arrive }) => {
  await page.goto('/app/events');
  await expect(page.getByText('LIVE', { exact: true })).toBeVisible();
  const event = { service_name: 'live', path: '/just/now', method: 'GET', status_code: 200 };
  await arrive({ ...event, environment: 'production', identifier: 'u', response_time: 1 });
  await expect(rows(page).filter({ hasText: '/just/now' }).first()).toBeVisible();
});

test('what was missed while the stream was broken is fetched', async ({ viewer: page, arrive }) => {
  await page.route('**/v1/audit/stream?*', (route) => route.abort());
  await page.goto('/app/events');
  await expect(page.getByText('Reconnecting')).toBeVisible();
  const path = `/while/down/${Date.now()}`;
  await arrive({
    service_name: 'live',
    path,
    method: 'GET',
    status_code: 200,
    environment: 'production',
    identifier: 'u',
    response_time: 1,
  });
  await page.unroute('**/v1/audit/stream?*');
  // The page tries again ever more slowly, at last every 30 s.
  await expect(rows(page).filter({ hasText: path })).toHaveCount(1, { timeout: 90_000 });
  await expect(page.getByText('LIVE', { exact: true })).toBeVisible();
});

test('an event opens in the drawer, planted scripts are text, and it becomes filters', async ({
  viewer: page,
}) => {
  await page.goto('/app/events?status=502&method=POST&range=7d');
  await rows(page).filter({ hasText: '/search?q=' }).click();
  await expect(page).toHaveURL(/event=[0-9a-f-]{36}/);
  const drawer = page.getByRole('complementary', { name: 'Event details' });
  await expect(drawer.getByText(XSS, { exact: true }).first()).toBeVisible();
  await expect(drawer.getByText('masked', { exact: true }).first()).toBeVisible();
  await page.reload();
  await drawer.getByRole('button', { name: 'Filter by: Method' }).click();
  await expect(page).toHaveURL(/method=POST/);
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(page).not.toHaveURL(/event=/);
});

test('an unknown event says so', async ({ viewer: page }) => {
  await page.goto('/app/events?event=00000000-0000-7000-8000-000000000000');
  await expect(page.getByText('There is no such event.')).toBeVisible();
});

test('the list can be used from the keyboard', async ({ viewer: page }) => {
  await page.goto('/app/events?range=7d');
  await expect(rows(page).first()).toBeVisible();
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

test('looks right with data and with an open event', async ({ owner: page, stack }) => {
  await page.goto(`/app/events?project=${stack.shop.id}&range=7d`);
  await settled(page);
  await look(page, 'events');
  await rows(page).nth(2).click();
  await expect(page.getByRole('heading', { name: 'Request', exact: true })).toBeVisible();
  await look(page, 'event');
});

test('shows its shape while it loads, and why when it fails', async ({ viewer: page }) => {
  const release = await slow(page, LIST);
  await page.goto('/app/events');
  await expect(page.getByRole('status', { name: 'Loading' })).toBeVisible();
  release();
  await settled(page);
  await page.unroute(LIST);

  const works = await failing(page, LIST);
  await page.goto('/app/events');
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await look(page, 'events-failing');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('grid')).toBeVisible();
});

test('says what to do when nothing matches', async ({ viewer: page }) => {
  await empty(page, LIST);
  await page.goto('/app/events?service=nobody');
  await expect(page.getByRole('heading', { name: 'No events match' })).toBeVisible();
  await look(page, 'events-empty');
});
