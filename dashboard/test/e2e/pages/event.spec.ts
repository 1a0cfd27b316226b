import type { Page } from '@playwright/test';
import { XSS, expect, look, test } from './fixtures';

function rows(page: Page) {
  return page.getByRole('grid').getByRole('rowgroup').getByRole('row');
}

function drawerOf(page: Page) {
  return page.getByRole('complementary', { name: 'Event details' });
}

test('an event opens in the drawer, planted scripts are text, and it becomes filters', async ({
  viewer: page,
}) => {
  await page.goto('/app/events?status=502&method=POST&range=7d');
  await rows(page).filter({ hasText: '/search?q=' }).click();
  await expect(page).toHaveURL(/event=[0-9a-f-]{36}/);
  const drawer = drawerOf(page);
  await expect(drawer.getByText(XSS, { exact: true }).first()).toBeVisible();
  for (const name of ['Name', 'Kind of user', 'Tenant', 'Session', 'Environment', 'User agent']) {
    const field = drawer.locator('.field-row', { has: page.getByText(name, { exact: true }) });
    await expect(field.locator('.field-value')).toHaveText(XSS);
  }
  await expect(drawer.getByText(`"${XSS}"@example.com`, { exact: true })).toBeVisible();
  for (const name of ['Query parameters', 'Path parameters', 'Roles', 'Request body']) {
    await expect(drawer.getByRole('group', { name: `${name}, JSON` })).toContainText('<img src=x');
  }
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
  await expect(drawer.getByText('masked', { exact: true }).first()).toBeVisible();
  await page.reload();
  await drawer.getByRole('button', { name: 'Filter by: Method' }).click();
  await expect(page).toHaveURL(/method=POST/);
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(page).not.toHaveURL(/event=/);
});

test('planted scripts are text in every column and in what filters offer', async ({
  viewer: page,
}) => {
  await page.goto(
    '/app/events?status=502&method=POST&range=7d&columns=path,identifier,name,email,environment',
  );
  const row = rows(page).filter({ hasText: '/search?q=' });
  for (const text of [`/search?q=${XSS}`, `"${XSS}"@example.com`]) {
    await expect(row.getByText(text, { exact: true })).toBeVisible();
  }
  await expect(row.getByText(XSS, { exact: true })).toHaveCount(3);
  await page.getByRole('button', { name: 'Environment: all' }).click();
  const offered = page.getByRole('dialog', { name: 'Environment' });
  await offered.getByRole('button', { name: XSS }).first().click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('list', { name: 'Active filters' })).toContainText(XSS);
  await expect(row).toBeVisible();
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
});

test('the path of a value is copied', async ({ viewer: page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/app/events?status=502&method=POST&range=7d');
  await rows(page).filter({ hasText: '/search?q=' }).click();
  await drawerOf(page).getByRole('button', { name: 'Copy path $.items[1].sku' }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe('$.items[1].sku');
});

test('an unknown event says so', async ({ viewer: page }) => {
  await page.goto('/app/events?event=00000000-0000-7000-8000-000000000000');
  await expect(page.getByText('There is no such event.')).toBeVisible();
});

test('a change is told path by path', async ({ viewer: page }) => {
  // A short list beside it: how the long one looks is looked at in events.spec.ts.
  await page.goto('/app/events?range=7d&type=order.changed');
  await rows(page).first().click();
  const changes = page.getByRole('region', { name: 'What changed' });
  await expect(changes.getByRole('deletion').first()).toContainText('"open"');
  await expect(changes.getByRole('insertion').first()).toContainText('"paid"');
  await expect(changes).toContainText('$.lines[2]');
  await expect(page.getByText('Nobody else reported this request.')).toBeVisible();
  await look(page, 'event');
});

test('the browser’s and the backend’s side of a request lead to each other', async ({
  viewer: page,
}) => {
  await page.goto('/app/events?range=7d&request=pair-1');
  await rows(page).first().click();
  const drawer = drawerOf(page);
  const other = drawer.getByRole('region', { name: 'The same request elsewhere' });
  const before = page.url();
  await other.getByRole('link', { name: /\/orders\/77/ }).click();
  await expect(page).not.toHaveURL(before);
  await expect(page).toHaveURL(/request=pair-1/);
  for (const [name, filter] of [
    ['Same session', /session=session-\d/],
    ['Same request', /request=pair-1/],
    ['Same route', /route=%2Forders%2F%3Aid/],
  ] as const) {
    await expect(drawer.getByRole('link', { name })).toHaveAttribute('href', filter);
  }
  await drawer.getByRole('link', { name: 'Same user' }).click();
  await expect(page).toHaveURL(/identifier=user-/);
  await expect(page).not.toHaveURL(/request=pair-1/);
});
