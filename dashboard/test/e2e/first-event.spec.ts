// The whole product, from the key to the page. Needs a running installation:
//   BATAUDIT_BASE_URL    where the dashboard is served, e.g. http://127.0.0.1:8082
//   BATAUDIT_INGEST_URL  the gateway, e.g. http://127.0.0.1:8081
//   OWNER_EMAIL, OWNER_PASSWORD
//   BATAUDIT_ARTIFACTS   where the screenshots go (default: dashboard/test-artifacts)
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';

const artifacts =
  process.env['BATAUDIT_ARTIFACTS'] ??
  fileURLToPath(new URL('../../test-artifacts', import.meta.url));

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

test('from a new key to the event on the page', async ({ page, request }) => {
  await page.goto('/app/settings/api-keys');
  await page.getByLabel('E-mail').fill(required('OWNER_EMAIL'));
  await page.getByLabel('Password').fill(required('OWNER_PASSWORD'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'API Keys' })).toBeVisible();

  const generate = page.getByRole('button', { name: 'Generate key' });
  const noProject = page.getByRole('heading', { name: 'No project to generate a key for' });
  await expect(generate.or(noProject)).toBeVisible();
  if (await noProject.isVisible()) {
    await page.getByRole('link', { name: 'Create a project' }).click();
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByLabel('Name').fill('First project');
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.getByRole('link', { name: 'API Keys' }).click();
  }
  await generate.click();
  await page.getByLabel('Name', { exact: true }).fill('first event');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  const shown = page.getByRole('dialog', { name: 'Your new API key' });
  const key = await shown.getByRole('region', { name: 'API key' }).innerText();
  expect(key).toMatch(/^bat_/);
  const guide = await shown.getByRole('region', { name: 'Example request' }).innerText();
  const example = JSON.parse(/-d '(.*)'/s.exec(guide)?.[1] ?? '') as Record<string, unknown>;
  await shown.getByRole('link', { name: 'Watch events arrive' }).click();
  await expect(page.getByText('LIVE')).toBeVisible();

  const path = `/first/${randomUUID()}`;
  const sent = `{"path":"${path}",${JSON.stringify({ ...example, path: undefined }).slice(1, -1)},"request_body":{"order_id":9007199254740993}}`;
  // A new key reaches the gateway within a second.
  await expect(async () => {
    const answer = await request.post(`${required('BATAUDIT_INGEST_URL')}/v1/audit`, {
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      data: Buffer.from(sent),
    });
    expect(answer.status(), await answer.text()).toBe(202);
  }).toPass({ timeout: 1_000, intervals: [50] });

  const row = page.getByRole('row').filter({ hasText: path });
  await expect(row).toBeVisible();
  await page.screenshot({ path: join(artifacts, 'events-1440.png') });
  await row.click();
  await expect(page.getByRole('region', { name: 'Request body, JSON' })).toContainText(
    '9007199254740993',
  );
  await page.screenshot({ path: join(artifacts, 'event-1440.png') });

  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole('complementary', { name: 'Event details' })).toBeVisible();
  await page.screenshot({ path: join(artifacts, 'event-390.png') });
  await page.getByRole('button', { name: 'Close details' }).click();
  await expect(row).toBeVisible();
  await page.screenshot({ path: join(artifacts, 'events-390.png') });
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: 'Overview' })
    .click();
  await expect(page.getByRole('region', { name: 'Key figures' })).toBeVisible();
  await page.screenshot({ path: join(artifacts, 'overview-390.png') });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.screenshot({ path: join(artifacts, 'overview-1440.png') });
});
