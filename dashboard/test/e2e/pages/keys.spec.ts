import type { Page } from '@playwright/test';
import { send } from '../stack/api';
import { empty, eventually, expect, failing, look, settled, slow, test } from './fixtures';

async function generate(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Generate key' }).click();
  const form = page.getByRole('dialog', { name: 'Generate API key' });
  await form.getByLabel('Name').fill(name);
  await form.getByRole('button', { name: 'Generate' }).click();
  return page.getByRole('region', { name: 'API key', exact: true }).innerText();
}

test('a key is generated, shown once, and revoked', async ({ owner: page, context, stack }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`/app/settings/api-keys?project=${stack.shop.id}`);
  const keys = page.getByRole('region', { name: 'API keys' });
  await page.getByRole('button', { name: 'Generate key' }).click();
  const form = page.getByRole('dialog', { name: 'Generate API key' });
  const name = `nightly import ${Date.now()}`;
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Scope').selectOption('browser');
  await form.getByLabel('Origins').fill('https://a.example https://b.example/path');
  await form.getByLabel('Expires').selectOption('30');
  await form.getByText('A rate of its own').click();
  await form.getByLabel('Events per second').fill('50');
  await form.getByRole('button', { name: 'Generate' }).click();
  await expect(form.getByRole('alert')).toContainText('must be an origin');
  await form.getByLabel('Origins').fill('https://a.example https://b.example');
  await form.getByRole('button', { name: 'Generate' }).click();

  const shown = page.getByRole('dialog', { name: 'Your new API key' });
  const key = await shown.getByRole('region', { name: 'API key' }).innerText();
  await expect(shown.getByRole('region', { name: 'Example request' })).toContainText(key);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(shown).toBeVisible();
  await shown.getByRole('button', { name: 'Copy: API key' }).click();
  await expect(shown.getByText('Copied').first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await shown.getByRole('button', { name: 'I have copied the key' }).click();
  await expect(page.getByText(key)).toHaveCount(0);

  const row = keys.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('Browser (2 origins)');
  await expect(row).toContainText('50 events/s, 500 at once');
  await expect(row).toContainText('Active');
  await row.getByRole('button', { name: /Revoke/ }).click();
  await page.getByRole('button', { name: 'Keep the key' }).click();
  await row.getByRole('button', { name: /Revoke/ }).click();
  await expect(page.getByRole('button', { name: 'Revoke key' })).toBeDisabled();
  await page.getByLabel(/^Type/).fill(name);
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole('button', { name: /^Show .* over$/ }).click();
  await expect(row).toContainText('Revoked');
});

test('a rotated key and its successor both work during the overlap', async ({
  owner: page,
  stack,
}) => {
  const { ingest } = stack.addresses;
  const event = { service_name: 'rotation', identifier: 'ada', method: 'GET', path: '/' };
  await page.goto(`/app/settings/api-keys?project=${stack.shop.id}`);
  const name = `rotated ${Date.now()}`;
  const old = await generate(page, name);
  await page.getByRole('button', { name: 'I have copied the key' }).click();
  await eventually('the key works', () => send(ingest, old, [event]));

  await page.getByRole('button', { name: `Rotate ${name}` }).click();
  await page.getByLabel('The old key works').selectOption('1');
  await page.getByRole('button', { name: 'Make the new key' }).click();
  const shown = page.getByRole('dialog', { name: 'Your new API key' });
  await expect(shown).toContainText('The old key works 1 hour more.');
  const successor = await shown.getByRole('region', { name: 'API key' }).innerText();
  expect(successor).not.toBe(old);
  await shown.getByRole('button', { name: 'I have copied the key' }).click();
  await eventually('the successor works', () => send(ingest, successor, [event]));
  await send(ingest, old, [event]);

  const rows = page.getByRole('row').filter({ hasText: name });
  await expect(rows).toHaveCount(2);
  const retiring = rows.filter({ hasText: 'Being replaced' });
  await expect(retiring).toHaveCount(1);
  await expect(retiring.getByRole('button', { name: /Rotate/ })).toHaveCount(0);
  await retiring.getByRole('button', { name: /Revoke/ }).click();
  await page.getByLabel(/^Type/).fill(name);
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await eventually('the old key is refused', async () => {
    const works = await send(ingest, old, [event]).then(
      () => true,
      () => false,
    );
    if (works) throw new Error('it still works');
  });
  await send(ingest, successor, [event]);
});

test('keys load, are none, or cannot be fetched', async ({ owner: page, stack }) => {
  const list = /\/v1\/auth\/api-keys/;
  const release = await slow(page, list);
  await page.goto(`/app/settings/api-keys?project=${stack.shop.id}`);
  await expect(page.getByRole('status', { name: 'Loading' })).toBeVisible();
  release();
  await settled(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  await empty(page, list);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'No keys yet' })).toBeVisible();
  await look(page, 'settings-api-keys-empty', { widths: [390] });
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  const works = await failing(page, list);
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('The store is down.');
  await expect(page.getByRole('alert')).toContainText('bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('row').nth(1)).toBeVisible();
});

test('the dialogs look right', async ({ owner: page, stack }) => {
  await page.goto(`/app/settings/api-keys?project=${stack.shop.id}`);
  await page.getByRole('button', { name: 'Generate key' }).click();
  await page.getByLabel('Scope').selectOption('browser');
  await page.getByText('A rate of its own').click();
  await look(page, 'settings-api-keys-new');
  await page.getByLabel('Scope').selectOption('project');
  await page.getByRole('dialog').getByLabel('Name').fill('looked at');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await page.getByRole('button', { name: 'I have copied the key' }).click();
  await page.getByRole('button', { name: 'Rotate looked at' }).first().click();
  await look(page, 'settings-api-keys-rotate');
});
