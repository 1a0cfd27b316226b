import { answering, expect, failing, look, settled, slow, test } from './fixtures';

const LISTS = /\/v1\/audit\/insights\?/;

test('every line leads to its events', async ({ viewer: page }) => {
  await page.goto('/app/insights?environment=production');
  const endpoints = page.getByRole('region', { name: 'Busiest endpoints' });
  await endpoints.getByRole('link', { name: /^GET \/products\/:id/ }).click();
  await expect(page).toHaveURL(/\/app\/events\?environment=production.*route=%2Fproducts%2F%3Aid/);
  await expect(page).toHaveURL(/method=GET/);
  await expect(page.getByRole('grid').getByRole('row').nth(1)).toContainText('/products/');

  await page.goBack();
  const users = page.getByRole('region', { name: 'Busiest users' });
  await users
    .getByRole('link', { name: /user-\d/ })
    .first()
    .click();
  await expect(page).toHaveURL(/identifier=user-\d/);

  await page.goBack();
  await page.getByRole('region', { name: 'Slowest endpoints' }).getByRole('link').first().click();
  await expect(page).toHaveURL(/\/app\/events\?.*route=/);
});

test('who met the errors of an endpoint, and their events', async ({ viewer: page }) => {
  await page.goto('/app/insights');
  const errors = page.getByRole('region', { name: 'Endpoints with errors' });
  await errors
    .getByRole('button', { name: /^Users who met an error at/ })
    .first()
    .click();
  await expect(page).toHaveURL(/affected=/);
  await page.reload();
  const affected = page.getByRole('dialog', { name: 'Affected users' });
  await expect(affected.getByRole('link', { name: /^User \d/ }).first()).toBeVisible();
  await look(page, 'insights-affected');
  await affected
    .getByRole('link', { name: /^User \d/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/app\/events\?/);
  await expect(page).toHaveURL(/class=4xx&class=5xx/);
  await expect(page).toHaveURL(/identifier=user-\d/);
  await expect(page.getByRole('grid').getByRole('row').nth(1)).toContainText(/[45]\d\d/);
});

test('compares with the period before', async ({ viewer: page }) => {
  await page.goto('/app/insights?range=6h');
  await expect(page.getByText(/^Compared with .+ – .+/)).toBeVisible();
  const figures = page.getByLabel('Key figures');
  await expect(figures.getByTitle(/in the period before$/).first()).toBeVisible();

  // Nothing came before the first event: what there is now is new.
  await page.route(LISTS, async (route) => {
    const now = !new URL(route.request().url()).searchParams.has('end_date');
    if (now) return route.fallback();
    const none = { top_endpoints: [], top_users: [], top_error_routes: [], top_slow_routes: [] };
    return route.fulfill({ json: none });
  });
  await page.reload();
  await expect(
    page.getByRole('region', { name: 'Busiest endpoints' }).getByText('new').first(),
  ).toBeVisible();
});

test('shows its shape while it loads, and why when it fails', async ({ viewer: page }) => {
  const release = await slow(page, LISTS);
  await page.goto('/app/insights');
  await expect(page.getByRole('status', { name: 'Loading' })).toBeVisible();
  release();
  await settled(page);
  await page.unroute(LISTS);

  const works = await failing(page, LISTS, 500);
  await page.goto('/app/insights');
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('region', { name: 'Busiest endpoints' })).toBeVisible();
});

test('says what to do when there is nothing', async ({ viewer: page }) => {
  await answering(page, LISTS, {
    top_endpoints: [],
    top_users: [],
    top_error_routes: [],
    top_slow_routes: [],
  });
  await page.goto('/app/insights');
  await expect(page.getByRole('heading', { name: 'Nothing to learn from yet' })).toBeVisible();
  await look(page, 'insights-empty', { widths: [390] });
  await page.getByRole('button', { name: 'Look at: Last 30 days' }).click();
  await expect(page).toHaveURL(/range=30d/);
});
