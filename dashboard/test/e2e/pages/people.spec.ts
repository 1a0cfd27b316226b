// Settings about people and access: what each role is offered, and what the pages do.
import { empty, expect, failing, look, settled, test } from './fixtures';
import { another, person, sections, signInOn } from './people';

const YOU = ['Your account', 'Personal tokens', 'Preferences'];
const PEOPLE = ['Users', 'Invitations'];
const PROJECT = ['Projects', 'API Keys', 'Members'];

for (const [role, within, shown, changes] of [
  ['viewer', 'viewer', [...YOU, 'Projects', 'Members'], false],
  // Whoever only reads in the installation only reads in every project.
  ['viewer', 'owner', [...YOU, 'Projects', 'Members'], false],
  ['auditor', undefined, [...YOU, ...PEOPLE, ...PROJECT], false],
  ['admin', 'viewer', [...YOU, ...PEOPLE, ...PROJECT], false],
  ['admin', 'admin', [...YOU, ...PEOPLE, ...PROJECT], true],
] as const) {
  const who = `${role}${within === undefined ? '' : `, ${within} of the project`}`;
  test(`${who}: is offered what they may do`, async ({ page, api, stack }) => {
    const project = stack.shop.id;
    const member = within === undefined ? undefined : { project, role: within };
    const made = await person(api, role, member);
    await page.goto(`/app/settings/members?project=${project}`);
    await signInOn(page, made);
    await settled(page);
    const offered = await sections(page);
    expect(offered.filter((each) => [...YOU, ...PEOPLE, ...PROJECT].includes(each))).toEqual(shown);
    await expect(page.getByRole('row', { name: /Vera Viewer/ })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Add member' })).toHaveCount(changes ? 1 : 0);
    await expect(page.getByRole('button', { name: /^Remove / }).first()).toBeVisible({
      visible: changes,
    });

    await page.goto(`/app/settings/api-keys?project=${project}`);
    if (role === 'viewer') {
      await expect(page.getByRole('heading', { name: /does not open this page/ })).toBeVisible();
    } else if (role === 'admin' && !changes) {
      const closed = 'Keys are for those who change the project';
      await expect(page.getByRole('heading', { name: closed })).toBeVisible();
    } else {
      await expect(page.getByRole('row', { name: /seed/ })).toBeVisible();
    }
    await expect(page.getByRole('button', { name: 'Generate key' })).toHaveCount(changes ? 1 : 0);

    await page.goto('/app/settings/users');
    if (role === 'viewer') {
      await expect(page.getByRole('heading', { name: /does not open this page/ })).toBeVisible();
      return;
    }
    await expect(page.getByRole('row', { name: /Vera Viewer/ })).toBeVisible();
    const roles = page.getByRole('combobox', { name: 'Role of Vera Viewer' });
    await expect(roles).toHaveCount(role === 'admin' ? 1 : 0);
    if (role === 'admin') {
      await expect(roles.getByRole('option')).toHaveText(['Admin', 'Viewer']);
      await expect(page.getByText('Owners and auditors are changed by owners only.')).toBeVisible();
    } else {
      await expect(page.getByText('Owners and admins change it.')).toBeVisible();
    }
    await page.getByRole('link', { name: 'Invitations', exact: true }).click();
    const invite = page.getByRole('button', { name: 'Invite somebody' });
    await expect(page.getByRole('heading', { name: 'Invitations', level: 2 })).toBeVisible();
    await expect(invite).toHaveCount(role === 'admin' ? 1 : 0);
    if (role === 'admin') {
      await invite.click();
      await expect(page.getByRole('radio')).toHaveCount(2);
    }
  });
}

test('a role is changed and taken back; a user is deleted', async ({ owner: page, api }) => {
  const user = await person(api, 'viewer');
  await page.goto('/app/settings/users');
  const row = page.getByRole('row').filter({ hasText: user.email });
  const role = row.getByRole('combobox');
  await role.selectOption('auditor');
  const messages = page.getByRole('region', { name: 'Messages' });
  await expect(messages).toContainText(`${user.name}: Auditor.`);
  await messages.getByRole('button', { name: 'Undo' }).click();
  await expect(role).toHaveValue('viewer');
  await expect
    .poll(async () => {
      const { data } = await api.get<{ data: { id: string; role: string }[] }>('/v1/auth/users');
      return data.find(({ id }) => id === user.id)?.role;
    })
    .toBe('viewer');

  const refuses = await failing(page, `**/v1/auth/users/${user.id}`, 409);
  await role.selectOption('admin');
  await expect(messages.getByRole('alert')).toContainText('The store is down.');
  await expect(role).toHaveValue('viewer');
  await refuses();

  await row.getByRole('button', { name: `Actions for ${user.name}` }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete ${user.name}?` });
  await look(page, 'settings-users-delete');
  await dialog.getByLabel(/^Type/).fill(user.email);
  await dialog.getByRole('button', { name: 'Delete user' }).click();
  await expect(row).toHaveCount(0);
});

test("a user's sessions are seen and ended", async ({ owner: page, api, browser }) => {
  const user = await person(api, 'viewer');
  const theirs = await another(browser);
  await theirs.page.goto('/app/login');
  await signInOn(theirs.page, user);
  await expect(theirs.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  // A page that asks the server nothing by itself: the overview may notice before the click.
  await theirs.page.goto('/app/settings/preferences');
  await settled(theirs.page);
  await page.goto('/app/settings/users');
  await page.getByRole('button', { name: `Actions for ${user.name}` }).click();
  await page.getByRole('menuitem', { name: 'Sessions…' }).click();
  const dialog = page.getByRole('dialog', { name: `Where ${user.name} is signed in` });
  await expect(dialog.getByRole('row')).toHaveCount(2);
  await look(page, 'settings-users-sessions');
  await dialog.getByRole('button', { name: 'End all', exact: true }).click();
  const sure = page.getByRole('dialog', { name: `End all sessions of ${user.name}?` });
  await expect(sure).toContainText('They are signed out everywhere at once');
  await look(page, 'settings-users-end-all', { widths: [1440, 390] });
  await sure.getByRole('button', { name: 'End all sessions' }).click();
  await expect(dialog.getByRole('heading', { name: 'Signed in nowhere' })).toBeVisible();
  await theirs.page.getByRole('link', { name: 'Events' }).first().click();
  await expect(theirs.page).toHaveURL(/\/app\/login\?return=/);
  await theirs.context.close();
});

test('a member is added, changed, removed and taken back', async ({ owner: page, api, stack }) => {
  const user = await person(api, 'viewer');
  await page.goto(`/app/settings/members?project=${stack.shop.id}`);
  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a member to Web shop' });
  await dialog.getByLabel('E-mail').fill('nobody@nowhere.example');
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('Nobody here has this e-mail.');
  await expect(dialog.getByRole('link', { name: 'Invite them first' })).toBeVisible();
  await dialog.getByLabel('E-mail').fill(user.email);
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await expect(dialog).toBeHidden();

  const row = page.getByRole('row').filter({ hasText: user.email });
  await row.getByRole('combobox').selectOption('admin');
  await expect(row).toContainText('reads only');
  const messages = page.getByRole('region', { name: 'Messages' });
  await expect(messages).toContainText(`${user.name}: Admin.`);
  await row.getByRole('button', { name: /Remove/ }).click();
  await expect(row).toHaveCount(0);
  const removed = messages.getByRole('status').filter({ hasText: 'no member any more' });
  await removed.getByRole('button', { name: 'Undo' }).click();
  await expect(row.getByRole('combobox')).toHaveValue('admin');
});

test('a token is made, shown once, works, and is revoked', async ({ owner: page, stack }) => {
  await page.goto('/app/settings/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const form = page.getByRole('dialog', { name: 'New token' });
  const name = `Grafana ${Date.now()}`;
  await form.getByLabel('Name').fill(name);
  await form.getByRole('checkbox', { name: /^Export/ }).check();
  await look(page, 'settings-tokens-new');
  await form.getByRole('button', { name: 'Make token' }).click();
  const token = await page.getByRole('region', { name: 'Personal token', exact: true }).innerText();
  const ask = () =>
    fetch(`${stack.addresses.api}/v1/audit?limit=1`, {
      headers: { Authorization: `Bearer ${token}` },
    });
  expect((await ask()).status).toBe(200);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByText(token)).toHaveCount(0);
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('Read, Export');
  await row.getByRole('button', { name: /Revoke/ }).click();
  await page.getByLabel(/^Type/).fill(name);
  await page.getByRole('button', { name: 'Revoke token' }).click();
  await expect(row).toHaveCount(0);
  expect((await ask()).status).toBe(401);
});

test('a project is renamed, archived and taken back', async ({ owner: page }) => {
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

  const menu = (of: string) => page.getByRole('button', { name: `Actions for ${of}` });
  await menu(name).click();
  await page.getByRole('menuitem', { name: 'Rename…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(`${name}, new`);
  await page.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('row').filter({ hasText: `${name}, new` });
  await expect(row).toBeVisible();

  await menu(`${name}, new`).click();
  await page.getByRole('menuitem', { name: 'Archive…' }).click();
  await page.getByRole('button', { name: 'Archive project' }).click();
  await expect(row).toContainText('Archived');
  const messages = page.getByRole('region', { name: 'Messages' });
  await messages.getByRole('button', { name: 'Undo' }).click();
  await expect(row).not.toContainText('Archived');

  await menu(`${name}, new`).click();
  await page.getByRole('menuitem', { name: 'Archive…' }).click();
  await page.getByRole('button', { name: 'Archive project' }).click();
  await expect(row).toContainText('Archived');
  await menu(`${name}, new`).click();
  await page.getByRole('menuitem', { name: 'API keys' }).click();
  await expect(page.getByText('This project is archived')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Generate key' })).toHaveCount(0);
  await page.goBack();
  await menu(`${name}, new`).click();
  await page.getByRole('menuitem', { name: 'Take back from the archive' }).click();
  await expect(row).not.toContainText('Archived');
});

test('what BatAudit writes itself is changed by nobody', async ({ owner: page, api }) => {
  const { data } = await api.get<{ data: { id: string; name: string }[] }>('/v1/auth/projects');
  const own = data.at(-1);
  await page.goto('/app/settings/projects');
  await page.getByRole('button', { name: `Actions for ${own?.name}` }).click();
  await expect(page.getByRole('menuitem', { name: 'Members' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: /Rename|Archive/ })).toHaveCount(0);
  await page.goto(`/app/settings/api-keys?project=${own?.id}`);
  await expect(page.getByText('no application does')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Generate key' })).toHaveCount(0);
});

for (const name of ['account', 'tokens', 'users', 'invites', 'members']) {
  test(`${name} looks right`, async ({ owner: page, stack }) => {
    await page.goto(`/app/settings/${name}?project=${stack.shop.id}`);
    await settled(page);
    await look(page, `settings-${name}`);
  });
}

for (const [name, list, title] of [
  ['tokens', '**/v1/auth/personal-tokens', 'No tokens yet'],
  ['invites', '**/v1/auth/invites', 'No invitation is open'],
  ['members', '**/members', 'Nobody is a member yet'],
] as const) {
  test(`${name}: none, and a list that cannot be fetched`, async ({ owner: page, stack }) => {
    await empty(page, list);
    await page.goto(`/app/settings/${name}?project=${stack.shop.id}`);
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await look(page, `settings-${name}-empty`, { widths: [390] });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    const works = await failing(page, list);
    await page.reload();
    await expect(page.getByRole('alert').first()).toContainText('The store is down.');
    await works();
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
}

test('the pages are reached on a phone', async ({ owner: page, stack }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/app/settings/members?project=${stack.shop.id}`);
  const button = page.locator('summary').filter({ hasText: 'Members' });
  await button.press('Enter');
  await look(page, 'settings-pages-open', { widths: [390] });
  // The wide page, where the list stands beside, has folded it.
  await expect(button).toBeHidden();
  await page.setViewportSize({ width: 390, height: 844 });
  await button.press('Enter');
  const nav = page.getByRole('navigation', { name: 'Settings pages' });
  await nav.getByRole('link', { name: 'Personal tokens' }).click();
  await expect(page.getByRole('heading', { name: 'Personal tokens' })).toBeVisible();
  await expect(nav).toBeHidden();
});
