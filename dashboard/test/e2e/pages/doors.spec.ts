// Sign-in, an invitation and a new password, as they look.
import { expect, failing, look, test } from './fixtures';

test('the sign-in page looks right', async ({ page }) => {
  await page.goto('/app/login?return=%2Fevents&sso=no_account');
  await expect(page.getByRole('alert')).toHaveText(/You have no account here/);
  await expect(page.getByText('Sign in to go on where you were.')).toBeVisible();
  await look(page, 'login');
});

test('what the page is made of comes compressed', async ({ page }) => {
  // Short ones do not: the headers are most of them.
  const large = page.waitForResponse(/\/assets\/libraries-.*\.js$/);
  await page.goto('/app/login');
  const headers = await (await large).allHeaders();
  expect(headers['content-encoding']).toMatch(/^(br|gzip)$/);
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
});

test('the sign-in page tells whoever is signed in', async ({ viewer: page }) => {
  await page.goto('/app/login');
  await expect(page.getByText('You are signed in as Vera Viewer.')).toBeVisible();
  await page.getByRole('link', { name: 'Go on' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});

test('the sign-in page survives a server that does not answer', async ({ page }) => {
  await failing(page, '**/v1/auth/login');
  await page.goto('/app/login');
  await page.getByLabel('E-mail').fill('a@b.c');
  await page.getByLabel('Password', { exact: true }).fill('whatever it is');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toHaveText('The store is down.');
});

test('an invitation looks right, good and gone', async ({ page, api }) => {
  const email = `looked-at-${Date.now()}@example.com`;
  const { token } = await api.post<{ token: string }>('/v1/auth/invites', {
    email,
    role: 'viewer',
  });
  const works = await failing(page, '**/v1/auth/invite/*');
  await page.goto(`/app/invite/${token}`);
  await expect(page.getByRole('alert')).toContainText('The store is down.');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await look(page, 'invite');
  await page.goto('/app/invite/nothing');
  await expect(page.getByRole('alert')).toHaveText('This invitation is not good any more');
  await look(page, 'invite-over');
});

test('a new password looks right', async ({ page }) => {
  await page.goto('/app/reset-password/whatever');
  await expect(page.getByRole('textbox', { name: 'New password' })).toBeFocused();
  await look(page, 'reset');
});
