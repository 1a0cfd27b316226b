import { expect, failing, look, settled, test } from './fixtures';

test('a key is generated, shown once, and revoked', async ({ owner: page, context, stack }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`/app/settings/api-keys?project=${stack.shop.id}`);
  const keys = page.getByRole('group', { name: 'API Keys' });
  await page.getByRole('button', { name: 'Generate key' }).click();
  const form = page.getByRole('dialog', { name: 'Generate API key' });
  const name = `nightly import ${Date.now()}`;
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Scope').selectOption('browser');
  await form.getByLabel('Origins').fill('https://a.example https://b.example');
  await form.getByLabel('Expires').selectOption('30');
  await form.getByRole('button', { name: 'Generate' }).click();

  const shown = page.getByRole('dialog', { name: 'Your new API key' });
  const key = await shown.getByRole('region', { name: 'API key' }).innerText();
  await expect(shown.getByRole('region', { name: 'Example request' })).toContainText(key);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(shown).toBeVisible();
  await shown.getByRole('button', { name: 'Copy: API key' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await shown.getByRole('button', { name: 'I have copied the key' }).click();
  await expect(page.getByText(key)).toHaveCount(0);

  const row = keys.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('Browser (2 origins)');
  await row.getByRole('button', { name: /Revoke/ }).click();
  await page.getByRole('button', { name: 'Keep the key' }).click();
  await expect(row).toContainText('Active');
  await row.getByRole('button', { name: /Revoke/ }).click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await expect(row).toContainText('Revoked');
});

test('a project is created; a taken slug is refused at its field', async ({ owner: page }) => {
  await page.goto('/app/settings/projects');
  await page.getByRole('button', { name: 'New project' }).click();
  const form = page.getByRole('dialog', { name: 'New project' });
  const name = `Shop ${Date.now()}`;
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Slug').fill('web-shop');
  await form.getByRole('button', { name: 'Create project' }).click();
  await expect(form.getByRole('alert')).toBeVisible();
  await form.getByLabel('Slug').fill(name.toLowerCase().replace(' ', '-'));
  await form.getByRole('button', { name: 'Create project' }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole('row', { name })).toBeVisible();
});

test('a viewer is offered nothing they may not do', async ({ viewer: page }) => {
  await page.goto('/app/settings/projects');
  await settled(page);
  await expect(page.getByRole('button', { name: 'New project' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'API Keys' })).toHaveCount(0);
  await page.goto('/app/settings/api-keys');
  await expect(page.getByRole('heading', { name: /does not open this page/ })).toBeVisible();
});

for (const path of ['projects', 'api-keys', 'preferences']) {
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
