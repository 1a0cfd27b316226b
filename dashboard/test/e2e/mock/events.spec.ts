import { EVENT_COUNT, expect, rows, test, openPage, signIn } from './fixtures';

test('filters live in the URL and each can be cleared', async ({ signedIn: page }) => {
  await openPage(page, 'Events');
  await page.getByRole('button', { name: 'Service: all' }).click();
  await page.getByRole('menuitemradio', { name: 'catalog' }).click();
  await expect(page).toHaveURL(/service=catalog/);
  await page.getByRole('button', { name: 'Status: all' }).click();
  await page.getByRole('button', { name: /^4xx/ }).click();
  await page.getByRole('button', { name: /^Time range/ }).click();
  await page.getByRole('button', { name: 'Last 7 days' }).click();
  await page.getByLabel('Path').fill('/products/513');
  await page.getByLabel('Path').press('Enter');
  await expect(page).toHaveURL(/service=catalog&class=4xx&range=7d&path=%2Fproducts%2F513$/);
  await expect(rows(page).first()).toContainText('404');
  for (const row of await rows(page).all()) await expect(row).toContainText('/products/513');

  await page.reload();
  const chips = page.getByRole('list', { name: 'Active filters' });
  await expect(chips.getByRole('listitem')).toHaveCount(4);
  await page.getByRole('button', { name: 'Clear status 4xx' }).click();
  await expect(page).toHaveURL(/service=catalog&range=7d&path=%2Fproducts%2F513$/);
  await page.goBack();
  await expect(page).toHaveURL(/class=4xx/);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await expect(page).toHaveURL(/\/app\/events$/);
});

test('a custom range and an exact status code', async ({ signedIn: page }) => {
  await page.goto('/app/events');
  await page.getByRole('button', { name: 'Status: all' }).click();
  await page.getByLabel('Exact status code').fill('502');
  await page.getByRole('dialog', { name: 'Status' }).getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/status=502/);
  await page.getByRole('button', { name: /^Time range/ }).click();
  const range = page.getByRole('dialog', { name: 'Time range' });
  await range.getByLabel('From').fill('2020-01-02T00:00');
  await range.getByLabel('To').fill('2020-01-01T00:00');
  await range.getByRole('button', { name: 'Apply' }).click();
  await expect(range.getByRole('alert')).toHaveText('The start must be before the end.');
  await range.getByLabel('To').fill('2020-01-03T00:00');
  await range.getByRole('button', { name: 'Apply' }).click();
  // Entered in Berlin, asked for in UTC.
  await expect(page).toHaveURL(/from=2020-01-01T23%3A00%3A00.000Z&to=2020-01-02T23%3A00%3A00.000Z/);
  await expect(page.getByText('Not live')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No events match' })).toBeVisible();
});

test('an event arrives without a reload, in its place and once', async ({
  signedIn: page,
  mock,
}) => {
  await page.goto('/app/events');
  await expect(page.getByText('LIVE')).toBeVisible();
  const id = await mock.arrive({ path: '/just/now' });
  await expect(rows(page).first()).toContainText('/just/now');
  // The same event again, as a resumed stream would send it.
  await mock.arrive({ id, path: '/just/now' });
  await mock.arrive({ path: '/after' });
  await expect(rows(page).first()).toContainText('/after');
  await expect(rows(page).filter({ hasText: '/just/now' })).toHaveCount(1);
});

test('arrivals wait while the reader is further down', async ({ signedIn: page, mock }) => {
  await page.goto('/app/events');
  await expect(page.getByText('LIVE')).toBeVisible();
  const grid = page.getByRole('grid', { name: 'Events' });
  await grid.evaluate((element) => element.scrollTo({ top: 900 }));
  await expect(page.getByText('Paused')).toBeVisible();
  await mock.arrive({ path: '/waiting/1' });
  await mock.arrive({ path: '/waiting/2' });
  await expect(page.getByRole('button', { name: '2 new' })).toBeVisible();
  expect(await grid.evaluate((element) => element.scrollTop)).toBe(900);
  await page.getByRole('button', { name: '2 new' }).click();
  await expect(rows(page).first()).toContainText('/waiting/2');
  await expect(page.getByText('LIVE')).toBeVisible();
});

test('scrolling fetches older events until the last one', async ({ signedIn: page }) => {
  await page.goto('/app/events?range=7d');
  const grid = page.getByRole('grid', { name: 'Events' });
  await expect(page.getByText(`${EVENT_COUNT} events`)).toBeVisible();
  await expect(async () => {
    await grid.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await expect(grid).toHaveAttribute('aria-rowcount', String(EVENT_COUNT + 1), { timeout: 200 });
  }).toPass({ timeout: 10_000 });
  expect(await rows(page).count()).toBeLessThan(80);
});

test('what was missed while the connection was broken is fetched', async ({
  signedIn: page,
  mock,
}) => {
  await page.goto('/app/events');
  await expect(page.getByText('LIVE')).toBeVisible();
  await mock.down(true);
  await mock.arrive({ path: '/while/down' });
  await expect(page.getByText('Reconnecting')).toBeVisible();
  await mock.down(false);
  await expect(rows(page).first()).toContainText('/while/down', { timeout: 15_000 });
  await expect(page.getByText('LIVE')).toBeVisible();
});

test('an event opens in the drawer, to the digit, and becomes filters', async ({
  signedIn: page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/app/events?status=502');
  await rows(page).first().click();
  await expect(page).toHaveURL(/event=[0-9a-f-]{36}/);
  const drawer = page.getByRole('complementary', { name: 'Event details' });
  await expect(drawer.getByText('9007199254740993')).toBeVisible();
  await expect(drawer.getByText('<script>alert(1)</script>')).toBeVisible();

  await page.reload();
  await expect(drawer.getByText('9007199254740993')).toBeVisible();
  await drawer.getByRole('button', { name: 'Copy request body' }).click();
  await expect(drawer.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('"order_id": 9007199254740993,');

  await drawer.getByRole('button', { name: 'Filter by this method' }).click();
  await expect(page).toHaveURL(/method=(POST|GET|PUT|DELETE)/);
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(page).not.toHaveURL(/event=/);
});

test('an unknown event says so', async ({ signedIn: page }) => {
  await page.goto('/app/events?event=00000000-0000-7000-8000-000000000000');
  await expect(page.getByText('There is no such event.')).toBeVisible();
});

test('everything can be reached from the keyboard', async ({ signedIn: page }) => {
  await page.goto('/app/events');
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByLabel('Path')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.getByRole('grid').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('complementary', { name: 'Event details' });
  const first = await rows(page).nth(0).getAttribute('id');
  await expect(drawer).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`event=${first?.replace('event-', '')}`));
  // The next one, with the drawer open.
  await page.keyboard.press('j');
  const second = await rows(page).nth(1).getAttribute('id');
  await expect(page).toHaveURL(new RegExp(`event=${second?.replace('event-', '')}`));
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(page.getByRole('grid')).toBeFocused();

  await page.goto('/app/');
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: /^Environment/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitemradio', { name: 'staging' })).toBeVisible();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/environment=staging/);
});

test('without any event the page shows how to send one', async ({ signedIn: page, mock }) => {
  await mock.reset({ empty: true });
  await page.goto('/app/login');
  await signIn(page);
  await openPage(page, 'Events');
  await expect(page.getByRole('region', { name: 'Example request' })).toContainText(
    ':8081/v1/audit',
  );
  await expect(page.getByText('LIVE')).toBeVisible();
  await mock.arrive({ path: '/first' });
  await expect(rows(page).first()).toContainText('/first');
});
