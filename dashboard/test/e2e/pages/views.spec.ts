import { Api } from '../stack/api';
import { expect, test } from './fixtures';
import { person } from './people';

test('a view is saved, opened, replaced, removed and taken back', async ({
  owner: page,
  stack,
}) => {
  const project = `project=${stack.shop.id}`;
  const name = `Failed ${Date.now()}`;
  await page.goto(`/app/events?${project}&class=5xx&columns=time,path`);
  await page.getByRole('button', { name: 'Saved views' }).click();
  const views = page.getByRole('dialog', { name: 'Saved views' });
  const view = views.getByRole('button', { name: new RegExp(`^${name}`) });
  await views.getByLabel('Save what is shown as').fill(name);
  await views.getByLabel('For everybody who sees this project').check();
  await views.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(view).toHaveAttribute('aria-pressed', 'true');

  await page.goto(`/app/events?${project}&class=4xx`);
  await page.getByRole('button', { name: 'Saved views' }).click();
  await view.click();
  await expect(page).toHaveURL(/class=5xx&columns=time%2Cpath$/);
  await expect(page.getByRole('columnheader')).toHaveText(['Time', 'Path']);

  await page.goto(`/app/events?${project}&class=4xx`);
  await page.getByRole('button', { name: 'Saved views' }).click();
  await views.getByRole('button', { name: `Save what is shown over “${name}”` }).click();
  await expect(view).toHaveAttribute('aria-pressed', 'true');
  await views.getByRole('button', { name: `Remove “${name}”` }).click();
  await expect(view).toHaveCount(0);
  const messages = page.getByRole('region', { name: 'Messages' });
  await messages
    .getByRole('status')
    .filter({ hasText: 'is removed' })
    .getByRole('button', { name: 'Undo' })
    .click();
  await page.getByRole('button', { name: 'Saved views' }).click();
  await expect(view).toBeVisible();
});

test('somebody else’s shared view is removed once its name was typed', async ({
  owner: page,
  api,
  project,
  stack,
}) => {
  const admin = await person(api, 'admin', { project, role: 'admin' });
  const theirs = await Api.login(stack.addresses.api, admin);
  const name = 'Slow checkouts';
  const view = { project_id: project, name, search: 'range=7d', shared: true };
  await theirs.post('/v1/views', view);
  await page.goto(`/app/events?project=${project}`);
  await page.getByRole('button', { name: 'Saved views' }).click();
  const views = page.getByRole('dialog', { name: 'Saved views' });
  await views.getByRole('button', { name: `Remove “${name}”` }).click();
  const ask = page.getByRole('dialog', { name: `Remove “${name}”` });
  await expect(ask).toContainText(`${admin.name} shares this view.`);
  await expect(ask.getByRole('button', { name: 'Remove view' })).toBeDisabled();
  await ask.getByLabel(/^Type/).fill(name);
  await ask.getByRole('button', { name: 'Remove view' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'is removed' })).toBeVisible();
  const { data } = await api.get<{ data: object[] }>(`/v1/views?project_id=${project}`);
  expect(data).toEqual([]);
});
