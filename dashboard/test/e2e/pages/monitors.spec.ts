import { expect, look, test } from './fixtures';
import { openSettings, waitsAndFails } from './states';

test('an address is watched, goes down, and is paused and deleted', async ({
  owner: page,
  project,
  receiver,
}) => {
  await openSettings(page, 'monitors', project);
  await expect(page.getByRole('heading', { name: 'No address is watched yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Add monitor' }).click();
  const form = page.getByRole('dialog', { name: 'Add monitor' });
  await form.getByLabel('Name').fill('shop');
  await form.getByLabel('URL').fill('ftp://example.com/');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByRole('alert')).toContainText('http');
  await form.getByLabel('URL').fill(receiver.url);
  await form.getByLabel('Every').selectOption('10');
  await form.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('row').filter({ hasText: receiver.url });
  await expect(row.getByText('Up', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('1 of 10 monitors that a project may have.')).toBeVisible();

  receiver.answer(503);
  const menu = async (action: string) => {
    await row.getByRole('button', { name: 'More for shop' }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  await menu('Test now');
  const seen = page.getByRole('dialog', { name: 'Test of shop' });
  await expect(seen).toContainText('the status is 503, not 200');
  await seen.getByRole('button', { name: 'Close' }).last().click();
  await expect(row).toContainText('Down', { timeout: 60_000 });
  receiver.answer(200);
  await expect(row.getByText('Up', { exact: true })).toBeVisible({ timeout: 60_000 });
  await look(page, 'settings-monitors');

  await row.getByRole('button', { name: 'History of shop' }).click();
  const history = page.getByRole('dialog', { name: 'History of “shop”' });
  await expect(history.getByRole('heading', { name: /^Time to answer/ })).toBeVisible();
  await expect(history.getByRole('group', { name: 'Outages' }).getByRole('row')).toHaveCount(2);
  await look(page, 'settings-monitors-history');
  await history.getByRole('button', { name: 'Close' }).click();

  await menu('Edit');
  const edit = page.getByRole('dialog', { name: 'Edit “shop”' });
  await expect(edit.getByLabel('Every')).toHaveValue('10');
  await edit.getByLabel('Name').fill('web shop');
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('“web shop” is changed, and looked at now.')).toBeVisible();
  await row.getByRole('switch').click();
  await expect(row).toContainText('Paused');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row.getByRole('switch')).toBeChecked();

  await row.getByRole('button', { name: 'More for web shop' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const ask = page.getByRole('dialog', { name: 'Delete “web shop”?' });
  await ask.getByLabel(/^Type/).fill('web shop');
  await ask.getByRole('button', { name: 'Delete monitor' }).click();
  await expect(row).toHaveCount(0);
});

test('a project that has all it may have is told so', async ({ owner: page, api, project }) => {
  for (let at = 0; at < 10; at += 1) {
    const url = `https://example.com/${at}`;
    const monitor = { project_id: project, name: `service ${at}`, url, enabled: false };
    await api.post('/v1/monitors', monitor);
  }
  await openSettings(page, 'monitors', project);
  await expect(page.getByText(/^This project has the 10 monitors it may have/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add monitor' })).toBeDisabled();
});

test('monitors load, or cannot be fetched', async ({ owner: page, project }) => {
  await waitsAndFails(page, 'monitors', project, { route: /\/v1\/monitors\?/ });
});

test('a viewer sees monitors and changes none', async ({ viewer: page, stack }) => {
  await openSettings(page, 'monitors', stack.shop.id);
  await expect(page.getByRole('heading', { name: 'Monitors', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add monitor' })).toHaveCount(0);
});
