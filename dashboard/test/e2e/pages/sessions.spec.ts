import { randomUUID } from 'node:crypto';
import { XSS, empty, expect, failing, look, settled, slow, test } from './fixtures';

const LIST = /\/v1\/audit\/sessions\?/;
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
