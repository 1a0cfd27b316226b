// Signing in, out, and back to where one was going.
import type { Page } from '@playwright/test';
import { expect, failing, settled, test } from '../pages/fixtures';

test('signing in leads back to the address that asked for it', async ({ page, stack }) => {
  await page.goto('/app/events?service=catalog&status!=404');
  await expect(page).toHaveURL(/\/app\/login\?return=/);
  await page.getByLabel('E-mail').fill(stack.viewer.email);
  await page.getByLabel('Password').fill(stack.viewer.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/app\/events\?service=catalog&status!=404$/);
  await expect(page.getByRole('grid', { name: 'Events' })).toBeVisible();

  await page.getByRole('button', { name: 'Account and theme' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  // Whoever comes next is not known: the pages' own questions, which would all be refused, are not asked.
  const asked = apiPaths(page);
  await page.goto('/app/');
  await expect(page).toHaveURL(/\/app\/login$/);
  await settled(page);
  expect(asked).toContain('/v1/auth/me');
  expect(asked.filter((path) => !path.startsWith('/v1/auth/'))).toEqual([]);
});

/** The paths of the API that a page asks for from now on. */
function apiPaths(page: Page): string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/v1/')) paths.push(pathname);
  });
  return paths;
}

test('a wrong password is refused in words', async ({ page }) => {
  await page.goto('/app/login');
  await page.getByLabel('E-mail').fill('nobody@example.com');
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText(/do not match an account/);
});

test('a session that ended leads to the login page', async ({ viewer: page, context }) => {
  // A page that asks the server nothing by itself: others may notice before the click.
  await page.goto('/app/settings/preferences');
  await settled(page);
  await context.clearCookies();
  await page.getByRole('link', { name: 'Events' }).first().click();
  await expect(page).toHaveURL(/\/app\/login\?return=%2Fevents/);
});

test('an unknown address and a failing server each say what to do', async ({ viewer: page }) => {
  await page.goto('/app/nowhere');
  await expect(page.getByRole('heading', { name: /no page at this address/ })).toBeVisible();
  const works = await failing(page, '**/v1/auth/me');
  await page.goto('/app/');
  await expect(page.getByRole('alert')).toContainText('The store is down.');
  await expect(page.getByRole('alert')).toContainText('bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await settled(page);
});

test('theme, language and zone are kept', async ({ viewer: page }) => {
  await page.goto('/app/settings/preferences');
  await page.getByLabel('Theme', { exact: true }).selectOption('dark');
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.getByLabel('Language').focus();
  await page.getByLabel('Language').selectOption('pt');
  await expect(page.getByRole('heading', { name: 'Preferências' })).toBeVisible();
  await expect(page.getByLabel('Idioma')).toBeFocused();
  await page.reload();
  await expect(page.getByLabel('Tema', { exact: true })).toHaveValue('dark');
  await expect(page.getByLabel('Fuso horário')).toHaveValue('Asia/Tokyo');
  await expect(page.locator('html')).toHaveAttribute('lang', 'pt-BR');
});
