import { empty, expect, failing, look, settled, slow, test } from './fixtures';

const LIST = /\/v1\/audit\/orphans\?/;

test('lists requests no backend reported, with what to look at beside them', async ({
  viewer: page,
}) => {
  await page.goto('/app/orphans');
  // The seed is younger than the usual grace time.
  await page.getByLabel('Grace time').selectOption({ label: 'none' });
  await expect(page).toHaveURL(/grace=0/);
  const list = page.getByRole('group', { name: 'Orphans, the newest first' });
  await expect(list.getByRole('row')).toHaveCount(4);
  await expect(page.getByText('3 orphans')).toBeVisible();
  // One request that both sides reported is none.
  await expect(list.getByText('/orders/77')).toHaveCount(0);

  await list
    .getByRole('button', { name: /^Details of/ })
    .first()
    .click();
  const drawer = page.getByRole('complementary', { name: 'Event details' });
  await expect(drawer.getByText(/^orphan-\d$/)).toBeVisible();
  await page.reload();
  await expect(drawer).toBeVisible();
  await drawer.getByRole('button', { name: 'Close details' }).click();

  await page.getByText('What an orphan is, and what to do about it').click();
  await expect(page.getByText(/reports each request it makes with a request id/)).toBeVisible();

  await list
    .getByRole('link', { name: /^What backends reported of/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/app\/events\?.*source=backend/);
  await expect(page).toHaveURL(/path=%2F/);
  await expect(page).toHaveURL(/from=.*&to=/);
});

test('what many have in common narrows the list', async ({ viewer: page }) => {
  await page.goto('/app/orphans?grace=0');
  const alike = page.getByRole('region', { name: 'Most frequent' });
  await alike.getByRole('button').first().click();
  await expect(page).toHaveURL(/path=%2F/);
  await expect(page.getByRole('list', { name: 'Active filters' })).toContainText('Path');
});

test('looks right with data', async ({ owner: page, stack }) => {
  await page.goto(`/app/orphans?grace=0&project=${stack.shop.id}`);
  await settled(page);
  await page.getByText('What an orphan is, and what to do about it').click();
  await look(page, 'orphans');
});

test('shows its shape while it loads, and why when it fails', async ({ viewer: page }) => {
  const release = await slow(page, LIST);
  await page.goto('/app/orphans?grace=0');
  await expect(page.getByRole('status', { name: 'Loading' })).toBeVisible();
  release();
  await settled(page);
  await page.unroute(LIST);

  const works = await failing(page, LIST);
  await page.goto('/app/orphans?grace=0');
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('group', { name: 'Orphans, the newest first' })).toBeVisible();
});

test('says so when there is none', async ({ viewer: page }) => {
  await empty(page, LIST);
  await page.goto('/app/orphans?service=nobody');
  await expect(page.getByRole('heading', { name: 'No orphans' })).toBeVisible();
  await look(page, 'orphans-empty', { widths: [390] });
});
