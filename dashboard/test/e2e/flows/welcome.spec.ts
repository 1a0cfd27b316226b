// From nothing to the first event, as the first owner is led.
import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, failing, look, settled, test } from '../pages/fixtures';
import { signInOn } from '../pages/people';

/** Figures of an installation in which nothing has happened yet. */
async function nothingYet(page: Page): Promise<void> {
  await page.route(/\/v1\/audit\/stats/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), total: 0 } });
  });
}

test('an owner is led from a project to the first event', async ({ page, stack, request }) => {
  await nothingYet(page);
  await page.goto('/app/login');
  await signInOn(page, stack.owner);
  await expect(page).toHaveURL(/\/app\/welcome$/);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  await expect(page.getByRole('heading', { name: 'Welcome to BatAudit' })).toBeVisible();
  await page
    .getByRole('combobox', { name: 'Project', exact: true })
    .selectOption({ label: 'A new one…' });
  const name = `First ${randomUUID().slice(0, 8)}`;
  await page.getByLabel('Name of the project').fill(name);
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByText('The gateway is somewhere else').click();
  await page.getByLabel('Address of the gateway').fill(`${stack.addresses.ingest}/`);
  await expect(page.getByText('Waiting for the event…')).toBeVisible();
  await look(page, 'welcome-waiting');

  const command = await page.getByRole('region', { name: 'Command' }).innerText();
  expect(command).toContain(`curl -sS ${stack.addresses.ingest}/v1/audit `);
  const key = /X-API-Key: (bat_[0-9a-f]+)'/.exec(command)?.[1] ?? '';
  const body = /-d '(.*)'$/s.exec(command)?.[1] ?? '';
  // A new key reaches the gateway within a second.
  await expect(async () => {
    const answer = await request.post(`${stack.addresses.ingest}/v1/audit`, {
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      data: Buffer.from(body),
    });
    expect(answer.status(), await answer.text()).toBe(202);
  }).toPass({ timeout: 30_000, intervals: [50] });

  await expect(page.getByText('Your first event has arrived.')).toBeVisible();
  await expect(page.getByText('/orders/42').last()).toBeVisible();
  await look(page, 'welcome-arrived');
  await page.getByRole('link', { name: 'See it among the events' }).click();
  await expect(page.getByRole('grid', { name: 'Events' })).toContainText('/orders/42');
});

test('the command can be taken along where the clipboard is not permitted', async ({
  owner: page,
  stack,
}) => {
  // As a browser that asked and was refused, and whose older way is refused too.
  await page.addInitScript(() => {
    const refuse = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: refuse } });
    document.execCommand = () => false;
  });
  await page.goto('/app/welcome');
  await page.getByRole('combobox', { name: 'Project', exact: true }).selectOption(stack.empty.id);
  await page.getByRole('button', { name: 'Use this project' }).click();
  await page.getByRole('button', { name: 'Make a key' }).click();
  const block = page.getByRole('region', { name: 'Command' });
  await page.getByRole('button', { name: 'Copy: Command' }).click();
  await expect(page.getByText('Selected: press Ctrl+C').first()).toBeVisible();
  const selected = await page.evaluate(() => window.getSelection()?.toString());
  expect(selected?.trim()).toBe((await block.innerText()).trim());
});

test('the setup can be skipped, and does not come back', async ({ page, stack }) => {
  await nothingYet(page);
  await page.goto('/app/login');
  await signInOn(page, stack.owner);
  await expect(page).toHaveURL(/\/app\/welcome$/);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.getByRole('link', { name: 'Skip the setup' }).click();
  await settled(page);
  await page.getByRole('button', { name: 'Account and theme' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await nothingYet(page);
  await signInOn(page, stack.owner);
  await expect(page).not.toHaveURL(/\/login/);
  await expect(page).toHaveURL(/\/app\/$/);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('a step that fails says so, and can be tried again', async ({ owner: page }) => {
  const works = await failing(page, '**/v1/auth/projects');
  await page.goto('/app/welcome');
  await expect(page.getByRole('alert').first()).toContainText('The store is down.');
  await works();
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(page.getByRole('button', { name: 'Use this project' })).toBeVisible();
});
