import { randomUUID } from 'node:crypto';
import { XSS, empty, expect, failing, look, settled, slow, test } from './fixtures';

const LIST = /\/v1\/audit\/sessions\?/;
const NEXT = /\/v1\/audit\/sessions\?.*cursor=/;
const PAGE = 50;
const MINUTE_MS = 60_000;

test('from a filter to a session, along its timeline, to an event', async ({
  viewer: page,
  arrive,
}) => {
  const session = `visit-${randomUUID()}`;
  const user = `walker-${randomUUID().slice(0, 8)}`;
  const at = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS).toISOString();
  const step = { service_name: 'checkout', environment: 'production', method: 'GET' };
  const person = { session_id: session, identifier: user, response_time: 40 };
  await arrive(
    { ...step, ...person, path: '/cart', status_code: 200, timestamp: at(20) },
    { ...step, ...person, path: `/pay?q=${XSS}`, status_code: 502, timestamp: at(19) },
    { ...step, ...person, path: '/cart/again', status_code: 200, timestamp: at(5) },
  );

  await page.goto('/app/sessions');
  await page.getByRole('button', { name: 'User: all' }).click();
  await page.getByLabel('Search: User').fill(user);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(new RegExp(`identifier=${user}`));
  const list = page.getByRole('group', { name: 'Sessions, the latest first' });
  // The events may still be on their way: asking anew is what a reader would do.
  await expect(async () => {
    await page.reload();
    await expect(list.getByRole('row').filter({ hasText: 'By session id' })).toContainText('3', {
      timeout: 3_000,
    });
  }).toPass();
  await list.getByRole('link', { name: user }).click();

  await expect(page.getByRole('heading', { level: 1 })).toContainText(user);
  const line = page.getByRole('list', { name: /^Events of the session/ });
  await expect(line.getByRole('button')).toHaveText([/\/cart/, /^.*502.*\/pay/, /\/cart\/again/]);
  await expect(line.getByRole('listitem').nth(2)).toHaveText('14 min without an event');
  await expect(line.getByText(XSS)).toBeVisible();
  await page.getByRole('button', { name: 'Errors only' }).click();
  await expect(line.getByRole('button')).toHaveCount(1);
  await page.getByRole('button', { name: 'Errors only' }).click();

  await line.getByRole('button').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('complementary', { name: 'Event details' });
  await expect(drawer).toContainText(session);
  await drawer.getByRole('button', { name: 'Close details' }).click();
  await expect(line.getByRole('button').nth(1)).toBeFocused();

  await page.getByRole('link', { name: 'Show in Events' }).click();
  await expect(page).toHaveURL(new RegExp(`/app/events\\?.*session=${session}`));
  await expect(page.getByRole('grid').getByText('/cart/again')).toBeVisible();
  await page.goBack();
  await page.getByRole('link', { name: 'All sessions' }).click();
  await expect(page).toHaveURL(new RegExp(`/app/sessions\\?identifier=${user}$`));
});

test('events without a session id are one by their times, and its timeline has them', async ({
  viewer: page,
  arrive,
}) => {
  const user = `stroller-${randomUUID().slice(0, 8)}`;
  const at = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS).toISOString();
  const step = {
    service_name: 'checkout',
    environment: 'production',
    method: 'GET',
    status_code: 200,
  };
  await arrive(
    // Longer before than a session is silent.
    { ...step, identifier: user, path: '/before', timestamp: at(90) },
    { ...step, identifier: user, path: '/first', timestamp: at(40) },
    { ...step, identifier: user, path: '/second', timestamp: at(15) },
  );
  await page.goto(`/app/sessions?identifier=${user}`);
  const list = page.getByRole('group', { name: 'Sessions, the latest first' });
  const derived = list.getByRole('row').filter({ hasText: 'By activity' });
  await expect(async () => {
    await page.reload();
    await expect(derived).toHaveCount(2, { timeout: 3_000 });
  }).toPass();
  await expect(derived.first()).toContainText('25 min');
  await derived.first().getByRole('link', { name: user }).click();
  const line = page.getByRole('list', { name: /^Events of the session/ });
  await expect(line.getByRole('button')).toHaveText([/\/first/, /\/second/]);
});

test('looks right with data', async ({ owner: page, stack }) => {
  await page.goto(`/app/sessions?project=${stack.shop.id}`);
  await settled(page);
  await page
    .getByRole('link', { name: /^user-/ })
    .nth(3)
    .click();
  await expect(page.getByRole('list', { name: /^Events of the session/ })).toBeVisible();
  await look(page, 'session');
});

test('shows its shape while it loads, and why when it fails', async ({ viewer: page }) => {
  const release = await slow(page, LIST);
  await page.goto('/app/sessions');
  await expect(page.getByRole('status', { name: 'Loading' })).toBeVisible();
  release();
  await settled(page);
  await page.unroute(LIST);

  const works = await failing(page, LIST);
  await page.goto('/app/sessions');
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('group', { name: 'Sessions, the latest first' })).toBeVisible();
});

test('keeps what it shows when the next page fails', async ({ viewer: page }) => {
  const works = await failing(page, NEXT, 500);
  await page.goto('/app/sessions?range=24h');
  const rows = page
    .getByRole('group', { name: 'Sessions, the latest first' })
    .locator('tbody')
    .getByRole('row');
  await expect(rows).toHaveCount(PAGE);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await expect(rows).toHaveCount(PAGE);
  await look(page, 'sessions-next-failed', { widths: [1440, 390] });
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect.poll(() => rows.count()).toBeGreaterThan(PAGE);
});

test('says what to do when there is none', async ({ viewer: page }) => {
  const works = await empty(page, LIST);
  await page.goto('/app/sessions?service=nobody');
  await expect(page.getByRole('heading', { name: 'No sessions in this view' })).toBeVisible();
  await look(page, 'sessions-empty', { widths: [390] });
  await works();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/\/app\/sessions$/);

  await page.goto('/app/sessions/timeline?id=nothing-of-this-name');
  await expect(page.getByRole('heading', { name: 'This session was not found' })).toBeVisible();
});
