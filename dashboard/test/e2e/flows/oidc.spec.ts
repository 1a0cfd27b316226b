// Signing in at a real OpenID provider. Without the fixtures: they refuse requests to another site, and
// this is the one page that sends people to one.
import { type Page, expect, test } from '@playwright/test';
import { type ACCOUNTS, actAs } from '../stack/provider';
import type { Stack } from '../stack/up';

function stack(): Stack & { issuer: string } {
  const found = JSON.parse(process.env['BATAUDIT_E2E'] ?? '{}') as Stack;
  if (found.issuer === undefined) {
    throw new Error('The OpenID provider is not installed: run `npm ci` in deploy/dev/oidc.');
  }
  return { ...found, issuer: found.issuer };
}

async function signIn(page: Page, account: keyof typeof ACCOUNTS | 'nobody', back: string) {
  await actAs(stack().issuer, account);
  await page.goto(`/app/login${back}`);
  await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
}

test('somebody the provider vouches for comes in, and back to where they were going', async ({
  page,
}) => {
  await signIn(page, 'olga', '?return=%2Fsettings%2Faccount');
  await expect(page).toHaveURL(/\/app\/settings\/account$/);
  await expect(page.getByRole('region', { name: 'Your account' })).toContainText('Olga Provider');
  await page.getByRole('button', { name: 'Account and theme' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in with Example ID' })).toBeVisible();
});

test('whoever is not let in is told why', async ({ page }) => {
  await signIn(page, 'nobody', '');
  await expect(page.getByRole('alert')).toHaveText(/You did not sign in there/);
  await signIn(page, 'umberto', '');
  await expect(page.getByRole('alert')).toHaveText(/Your e-mail is not confirmed there/);
  // Somebody sent back who never began here.
  await page.goto('/v1/auth/oidc/callback?state=forged&code=forged');
  await expect(page.getByRole('alert')).toHaveText(/Signing in took too long/);
  // The password still works beside it.
  await page.getByLabel('E-mail').fill(stack().viewer.email);
  await page.getByLabel('Password', { exact: true }).fill(stack().viewer.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});
