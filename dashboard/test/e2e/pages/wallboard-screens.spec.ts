import { expect, look, test } from './fixtures';
import { openSettings, waitsAndFails } from './states';

test('a screen gets in with its code, once, and is revoked', async ({
  owner: page,
  project,
  request,
  stack,
}) => {
  const { api: base } = stack.addresses;
  await openSettings(page, 'wallboard', project);
  await page.getByRole('button', { name: 'New screen' }).click();
  const form = page.getByRole('dialog', { name: 'New screen' });
  await form.getByLabel('Name').fill(`Hall ${project.slice(0, 8)}`);
  await form.getByRole('button', { name: 'Make the code' }).click();
  const shown = page.getByRole('dialog', { name: /^Code for/ });
  const code = await shown.getByRole('region', { name: 'Code' }).innerText();
  expect(code).toMatch(/^BAT-\w{8}$/);
  await expect(shown.getByRole('timer')).toHaveText(/^(10|9):\d\d$/);
  await expect(shown).toContainText('/app/tv');
  await page.keyboard.press('Escape');
  await expect(shown).toBeVisible();
  await look(page, 'settings-wallboard-code');

  const activated = await request.post(`${base}/v1/wallboard/activate`, { data: { code } });
  expect(activated.status(), await activated.text()).toBe(200);
  const { access_token: token } = (await activated.json()) as { access_token: string };
  await expect(shown.getByText(/^“Hall .*” is on\.$/)).toBeVisible();
  await expect(page.getByText(code)).toHaveCount(0);
  await shown.getByRole('button', { name: 'Done' }).click();

  const row = page.getByRole('row').filter({ hasText: `Hall ${project.slice(0, 8)}` });
  await expect(row).toContainText(/This project.*On/s);
  await look(page, 'settings-wallboard');
  await row.getByRole('button', { name: /^Revoke/ }).click();
  const ask = page.getByRole('dialog', { name: /^Revoke/ });
  await ask.getByLabel(/^Type/).fill(`Hall ${project.slice(0, 8)}`);
  await ask.getByRole('button', { name: 'Revoke screen' }).click();
  await expect(row).toHaveCount(0);
  const headers = { Authorization: `Bearer ${token}` };
  expect((await request.get(`${base}/v1/wallboard/summary`, { headers })).status()).toBe(401);
});

test('an owner makes a screen of all projects', async ({ owner: page, project }) => {
  await openSettings(page, 'wallboard', project);
  const name = `All ${project.slice(0, 8)}`;
  await page.getByRole('button', { name: 'New screen' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await page.getByLabel('Show all projects').check();
  await page.getByRole('button', { name: 'Make the code' }).click();
  await page.getByRole('button', { name: 'I have typed it in' }).click();
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText(/All projects.*Waiting for its code/s);
  await row.getByRole('button', { name: /^Revoke/ }).click();
  await page.getByLabel(/^Type/).fill(name);
  await page.getByRole('button', { name: 'Revoke screen' }).click();
  await expect(row).toHaveCount(0);
});

test('screens load, or cannot be fetched', async ({ owner: page, project }) => {
  await waitsAndFails(page, 'wallboard', project, { route: /\/v1\/wallboard\/tokens/ });
});

test('a viewer makes no screens', async ({ viewer: page, stack }) => {
  await openSettings(page, 'wallboard', stack.shop.id);
  await expect(page.getByRole('heading', { name: 'Wallboard screens' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'New screen' })).toHaveCount(0);
});
