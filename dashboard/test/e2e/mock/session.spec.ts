import { expect, signIn, test, openPage } from './fixtures';

test('signing in leads back to the address that asked for it', async ({ page }) => {
  await page.goto('/app/events?service=catalog');
  await expect(page).toHaveURL(/\/app\/login\?return=/);
  await signIn(page);
  await expect(page).toHaveURL(/\/app\/events\?service=catalog$/);
  await expect(page.getByRole('grid', { name: 'Events' })).toBeVisible();
});

test('wrong passwords are refused, and too many of them are slowed down', async ({ page }) => {
  await page.goto('/app/login');
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const answered = page.waitForResponse('**/v1/auth/login');
    await signIn(page, 'wrong');
    await answered;
    await expect(page.getByRole('alert')).toHaveText(/do not match an account/);
  }
  await signIn(page, 'wrong');
  await expect(page.getByRole('alert')).toHaveText(/Try again in 30 seconds/);
});

test('an expired session leads to the login page, and signing out ends it', async ({
  signedIn: page,
  mock,
}) => {
  await mock.expireSessions();
  await openPage(page, 'Events');
  await expect(page).toHaveURL(/\/app\/login\?return=%2Fevents$/);
  await signIn(page);
  await expect(page.getByRole('grid', { name: 'Events' })).toBeVisible();

  await page.getByRole('button', { name: 'Account and theme' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.goto('/app/');
  await expect(page).toHaveURL(/\/app\/login$/);
});

test('the theme is kept across a reload', async ({ signedIn: page }) => {
  await page.getByRole('button', { name: 'Account and theme' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark theme' }).click();
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  expect(await page.evaluate(() => localStorage.getItem('bataudit-theme'))).toBe('dark');
  expect(await background()).toBe(dark);
});

test('an unknown address and a failing server each say what to do', async ({
  signedIn: page,
  mock,
}) => {
  await page.goto('/app/nowhere');
  await expect(page.getByRole('heading', { name: /no page at this address/ })).toBeVisible();
  await page.getByRole('link', { name: 'Go to the overview' }).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();

  await mock.down(true);
  await page.goto('/app/events');
  await expect(page.getByRole('alert')).toContainText('The store is down.');
  await expect(page.getByRole('alert')).toContainText('bat-mock');
  await mock.down(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('grid', { name: 'Events' })).toBeVisible();
});
