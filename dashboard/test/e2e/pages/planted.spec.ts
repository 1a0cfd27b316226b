// Names that people give: whatever they hold, they are text. (Planted events: event.spec.ts.)
import type { Page } from '@playwright/test';
import { XSS, expect, look, settled, test } from './fixtures';
import { openSettings } from './states';

/** Nothing of it became an element; that no script ran, every test sees (fixtures.ts). */
async function expectText(page: Page): Promise<void> {
  await expect(page.getByText(XSS).first()).toBeVisible();
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
}

test('an API key named like a script is shown, and revoked, as text', async ({
  owner: page,
  project,
}) => {
  await openSettings(page, 'api-keys', project);
  await page.getByRole('button', { name: 'Generate key' }).click();
  const form = page.getByRole('dialog', { name: 'Generate API key' });
  await form.getByLabel('Name').fill(XSS);
  await form.getByRole('button', { name: 'Generate' }).click();
  await page.getByRole('button', { name: 'I have copied the key' }).click();
  const row = page.getByRole('row').filter({ hasText: XSS });
  await expect(row).toContainText('Active');
  await expectText(page);
  await look(page, 'planted-key', { widths: [1440, 390] });
  await row.getByRole('button', { name: /Revoke/ }).click();
  const ask = page.getByRole('dialog', { name: `Revoke “${XSS}”?` });
  await ask.getByLabel(`Type “${XSS}” to confirm`).fill(XSS);
  await expectText(page);
  await ask.getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByRole('status').filter({ hasText: XSS })).toBeVisible();
  await expectText(page);
});

test('a view named like a script is shown, opened and removed as text', async ({
  owner: page,
  project,
}) => {
  await page.goto(`/app/events?project=${project}&class=5xx`);
  await settled(page);
  await page.getByRole('button', { name: 'Saved views' }).click();
  const views = page.getByRole('dialog', { name: 'Saved views' });
  await views.getByLabel('Save what is shown as').fill(XSS);
  await views.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(views.getByRole('button', { name: XSS, exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expectText(page);
  await views.getByRole('button', { name: `Remove “${XSS}”` }).click();
  await expect(page.getByRole('status').filter({ hasText: XSS })).toContainText('is removed');
  await expectText(page);
});

test('a monitor named like a script is shown, asked about and deleted as text', async ({
  owner: page,
  project,
  receiver,
}) => {
  await openSettings(page, 'monitors', project);
  await page.getByRole('button', { name: 'Add monitor' }).click();
  const form = page.getByRole('dialog', { name: 'Add monitor' });
  await form.getByLabel('Name').fill(XSS);
  await form.getByLabel('URL').fill(receiver.url);
  await form.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('row').filter({ hasText: receiver.url });
  await expect(row).toContainText(XSS);
  await expectText(page);
  await row.getByRole('button', { name: `History of ${XSS}` }).click();
  const history = page.getByRole('dialog', { name: `History of “${XSS}”` });
  await expect(history).toBeVisible();
  await expectText(page);
  await history.getByRole('button', { name: 'Close' }).click();
  await row.getByRole('button', { name: `More for ${XSS}` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const ask = page.getByRole('dialog', { name: `Delete “${XSS}”?` });
  await ask.getByLabel(/^Type/).fill(XSS);
  await ask.getByRole('button', { name: 'Delete monitor' }).click();
  await expect(row).toHaveCount(0);
  await expectText(page);
});
