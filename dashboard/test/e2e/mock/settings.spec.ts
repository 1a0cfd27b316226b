import { expect, test, openPage } from './fixtures';

test('a key is generated, shown once, and revoked', async ({ signedIn: page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPage(page, 'Settings');
  await page.getByRole('link', { name: 'API Keys' }).click();
  const keys = page.getByRole('region', { name: 'API keys' });
  await expect(keys.getByRole('row', { name: /old laptop/ })).toContainText('Revoked');

  await page.getByRole('button', { name: 'Generate key' }).click();
  const form = page.getByRole('dialog', { name: 'Generate API key' });
  await form.getByLabel('Name').fill('nightly import');
  await form.getByLabel('Scope').selectOption('browser');
  await form.getByLabel('Origins').fill('https://a.example https://b.example');
  await form.getByLabel('Expires').selectOption('30');
  await form.getByRole('button', { name: 'Generate' }).click();

  const shown = page.getByRole('dialog', { name: 'Your new API key' });
  const key = await shown.getByRole('region', { name: 'API key' }).innerText();
  expect(key).toMatch(/^bat_[0-9a-f]{64}$/);
  await expect(shown.getByRole('region', { name: 'Example request' })).toContainText(key);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(shown).toBeVisible();
  await shown.getByRole('button', { name: 'Copy api key' }).click();
  await expect(shown.getByText('Copied').first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await shown.getByRole('button', { name: 'I have copied the key' }).click();
  await expect(page.getByText(key)).toHaveCount(0);

  const row = keys.getByRole('row', { name: /nightly import/ });
  await expect(row).toContainText('Browser (2 origins)');
  await row.getByRole('button', { name: /Revoke/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep the key' }).click();
  await expect(row).toContainText('Active');
  await row.getByRole('button', { name: /Revoke/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
  await expect(row).toContainText('Revoked');
});

test('a project is created; a taken slug is refused in place', async ({ signedIn: page }) => {
  await openPage(page, 'Settings');
  await page.getByRole('button', { name: 'New project' }).click();
  const form = page.getByRole('dialog', { name: 'New project' });
  await form.getByLabel('Name').fill('Web Shop');
  await expect(form.getByLabel('Slug')).toHaveValue('web-shop');
  await form.getByRole('button', { name: 'Create project' }).click();
  await expect(form.getByRole('alert')).toContainText('already exists');
  await form.getByLabel('Slug').fill('web-shop-2');
  await form.getByRole('button', { name: 'Create project' }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole('row', { name: /web-shop-2/ })).toBeVisible();
});
