// How people come in and go: invited, with a new password, ended elsewhere.
import { expect, settled, test } from '../pages/fixtures';
import { another, person, signInOn } from '../pages/people';

test('an invitation leads to the first sign-in, and works once', async ({
  owner: page,
  browser,
}) => {
  const email = `invited-${Date.now()}@example.com`;
  await page.goto('/app/settings/invites');
  await page.getByRole('button', { name: 'Invite somebody' }).first().click();
  const form = page.getByRole('dialog', { name: 'Invite somebody' });
  await form.getByLabel('E-mail').fill(email);
  await form.getByRole('radio', { name: /^Admin/ }).check();
  await form.getByRole('button', { name: 'Invite', exact: true }).click();
  const shown = page.getByRole('dialog', { name: `${email} is invited` });
  await expect(shown).toContainText('No e-mail was sent');
  const link = await shown.getByRole('region', { name: 'Invitation link' }).innerText();
  await shown.getByRole('button', { name: 'I have copied the link' }).click();
  await expect(page.getByRole('row', { name: new RegExp(email) })).toBeVisible();

  const guest = await another(browser);
  await guest.page.goto(link);
  await expect(guest.page.getByLabel('E-mail')).toHaveValue(email);
  await guest.page.getByLabel('Your name').fill('Ines Invited');
  await guest.page.getByLabel('Password', { exact: true }).fill('seven small horses');
  await guest.page.getByRole('button', { name: 'Show password' }).click();
  await expect(guest.page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
  await guest.page.getByRole('button', { name: 'Accept and sign in' }).click();
  await expect(guest.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await guest.page.goto('/app/settings/account');
  await expect(guest.page.getByRole('region', { name: 'Your account' })).toContainText(email);

  await guest.page.getByRole('button', { name: 'Account and theme' }).click();
  await guest.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(guest.page).toHaveURL(/\/app\/login$/);
  await guest.page.goto(link);
  await expect(guest.page.getByRole('alert')).toHaveText('This invitation is not good any more');
  await guest.page.getByRole('link', { name: 'Sign in' }).click();
  await signInOn(guest.page, { email, password: 'seven small horses' });
  await expect(guest.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await guest.context.close();

  await page.reload();
  await settled(page);
  await expect(page.getByRole('row', { name: new RegExp(email) })).toHaveCount(0);
});

test('an invitation that was taken back lets nobody in', async ({ owner: page, browser }) => {
  const email = `taken-back-${Date.now()}@example.com`;
  await page.goto('/app/settings/invites');
  await page.getByRole('button', { name: 'Invite somebody' }).first().click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const link = await page.getByRole('region', { name: 'Invitation link' }).innerText();
  await page.getByRole('button', { name: 'I have copied the link' }).click();
  await page.getByRole('button', { name: `Revoke the invitation of ${email}` }).click();
  const revoke = page.getByRole('dialog', { name: `Revoke the invitation of ${email}?` });
  await expect(revoke.getByRole('button', { name: 'Revoke invitation' })).toBeDisabled();
  await revoke.getByLabel(/^Type/).fill(email);
  await revoke.getByRole('button', { name: 'Revoke invitation' }).click();
  await expect(page.getByRole('row', { name: new RegExp(email) })).toHaveCount(0);
  const guest = await another(browser);
  await guest.page.goto(link);
  await expect(guest.page.getByRole('alert')).toHaveText('This invitation is not good any more');
  await guest.context.close();
});

test('a reset link sets a new password once, and ends the sessions', async ({
  owner: page,
  api,
  browser,
}) => {
  const user = await person(api, 'viewer');
  const theirs = await another(browser);
  await theirs.page.goto('/app/login');
  await signInOn(theirs.page, user);
  await expect(theirs.page.getByRole('heading', { level: 1 })).toBeVisible();

  await page.goto('/app/settings/users');
  await page.getByRole('button', { name: `Actions for ${user.name}` }).click();
  await page.getByRole('menuitem', { name: 'Link for a new password…' }).click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByRole('region', { name: 'Reset link' }).innerText();
  await page.getByRole('button', { name: 'I have copied it' }).click();

  const guest = await another(browser);
  await guest.page.goto(link);
  await guest.page.getByRole('textbox', { name: 'New password' }).fill('another horse entirely');
  await guest.page.getByRole('button', { name: 'Set password' }).click();
  await expect(guest.page.getByRole('alert')).toHaveText('Your new password is set');
  await guest.page.goto(link);
  await guest.page.getByRole('textbox', { name: 'New password' }).fill('a third horse entirely');
  await guest.page.getByRole('button', { name: 'Set password' }).click();
  await expect(guest.page.getByRole('alert')).toHaveText('This link is not good any more');
  await guest.page.getByRole('link', { name: 'Sign in' }).click();
  await signInOn(guest.page, { ...user, password: 'another horse entirely' });
  await expect(guest.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  // The browser that was signed in before is led to the sign-in page, and back to where it was.
  await theirs.page.goto('/app/settings/account');
  await expect(theirs.page).toHaveURL(/\/app\/login\?return=%2Fsettings%2Faccount/);
  await signInOn(theirs.page, { ...user, password: 'another horse entirely' });
  await expect(theirs.page).toHaveURL(/\/app\/settings\/account$/);
  await guest.context.close();
  await theirs.context.close();
});

test('a password is changed; sessions elsewhere end and lead to the sign-in page', async ({
  page,
  api,
  browser,
}) => {
  const user = await person(api, 'viewer');
  const [second, third] = [await another(browser), await another(browser)];
  for (const each of [page, second.page, third.page]) {
    await each.goto('/app/login');
    await signInOn(each, user);
    await expect(each.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    // A page that asks the server nothing by itself: the overview may notice before the click.
    await each.goto('/app/settings/preferences');
    await settled(each);
  }
  await page.goto('/app/settings/account');
  const sessions = page.getByRole('region', { name: 'Where you are signed in' }).first();
  await expect(sessions.getByRole('button', { name: /^End the session/ })).toHaveCount(2);
  await expect(sessions).toContainText('This browser');

  // The newest first: the third browser.
  const newest = sessions.getByRole('button', { name: /^End the session/ }).first();
  await newest.click();
  const end = page.getByRole('dialog', { name: /^End the session from / });
  await expect(end).toContainText('must sign in again');
  await end.getByRole('button', { name: 'Keep the session' }).click();
  await expect(sessions.getByRole('button', { name: /^End the session/ })).toHaveCount(2);
  await newest.click();
  await end.getByRole('button', { name: 'End session' }).click();
  await expect(end).toHaveCount(0);
  await expect(sessions.getByRole('button', { name: /^End the session/ })).toHaveCount(1);
  await third.page.getByRole('link', { name: 'Events' }).first().click();
  await expect(third.page).toHaveURL(/\/app\/login\?return=%2Fevents/);

  await page.getByRole('button', { name: 'End all others' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
  await expect(sessions.getByRole('button', { name: /^End the session/ })).toHaveCount(0);
  await second.page.getByRole('link', { name: 'Events' }).first().click();
  await expect(second.page).toHaveURL(/\/app\/login\?return=%2Fevents/);

  const password = page.getByRole('region', { name: 'Password' });
  await password.getByLabel('Current password').fill('not this one');
  await password.getByLabel('New password').fill('another horse entirely');
  await password.getByRole('button', { name: 'Change password' }).click();
  await expect(password.getByRole('alert')).toContainText('is not your password');
  await password.getByLabel('Current password').fill(user.password);
  await password.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('is changed');
  await signInOn(second.page, user);
  await expect(second.page.getByRole('alert')).toHaveText(/do not match an account/);
  await signInOn(second.page, { ...user, password: 'another horse entirely' });
  await expect(second.page).toHaveURL(/\/app\/events/);
  await second.context.close();
  await third.context.close();
});

test('too many wrong passwords are told kindly, with the time to wait', async ({ page }) => {
  await page.goto('/app/login');
  const nobody = { email: `guessed-${Date.now()}@example.com`, password: 'wrong wrong' };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const answered = page.waitForResponse('**/v1/auth/login');
    await signInOn(page, nobody);
    await answered;
    await expect(page.getByRole('alert')).toHaveText(/do not match an account/);
  }
  await signInOn(page, nobody);
  await expect(page.getByRole('alert')).toContainText('your account is only protected');
  await expect(page.getByRole('button', { name: /^Try again in \d+ s$/ })).toBeDisabled();
  // It opens again by itself.
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeEnabled();
});
