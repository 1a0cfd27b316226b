import { expect, failing, look, settled, test } from './fixtures';

test('a viewer is offered nothing they may not do', async ({ viewer: page }) => {
  await page.goto('/app/settings/projects');
  await settled(page);
  await expect(page.getByRole('button', { name: 'New project' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'API Keys' })).toHaveCount(0);
  await page.goto('/app/settings/api-keys');
  await expect(page.getByRole('heading', { name: /does not open this page/ })).toBeVisible();
});

for (const path of ['projects', 'api-keys']) {
  test(`${path} looks right`, async ({ owner: page, stack }) => {
    await page.goto(`/app/settings/${path}?project=${stack.shop.id}`);
    await settled(page);
    await look(page, `settings-${path}`);
  });
}

test('a list that cannot be fetched says so', async ({ owner: page }) => {
  const works = await failing(page, '**/v1/auth/projects');
  await page.goto('/app/settings/projects');
  await expect(page.getByRole('alert').first()).toContainText('The store is down.');
  await works();
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(page.getByRole('row', { name: /Web shop/ })).toBeVisible();
});
