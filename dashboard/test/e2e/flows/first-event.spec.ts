// The first-start guide: from a new key to the event on the page.
import { randomUUID } from 'node:crypto';
import { expect, test } from '../pages/fixtures';

test('from a new key to the event on the page', async ({ page, request, stack }) => {
  await page.goto('/app/settings/api-keys');
  await page.getByLabel('E-mail').fill(stack.owner.email);
  await page.getByLabel('Password').fill(stack.owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'API Keys' })).toBeVisible();

  await page.getByRole('button', { name: 'Generate key' }).click();
  await page.getByLabel('Name', { exact: true }).fill('first event');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  const shown = page.getByRole('dialog', { name: 'Your new API key' });
  const key = await shown.getByRole('region', { name: 'API key' }).innerText();
  expect(key).toMatch(/^bat_/);
  const guide = await shown.getByRole('region', { name: 'Example request' }).innerText();
  const example = JSON.parse(/-d '(.*)'/s.exec(guide)?.[1] ?? '') as Record<string, unknown>;
  await shown.getByRole('link', { name: 'Watch events arrive' }).click();
  await expect(page.getByText('LIVE', { exact: true })).toBeVisible();

  const path = `/first/${randomUUID()}`;
  const sent = `{"path":"${path}",${JSON.stringify({ ...example, path: undefined }).slice(1, -1)},"request_body":{"order_id":9007199254740993}}`;
  // A new key reaches the gateway within a second.
  await expect(async () => {
    const answer = await request.post(`${stack.addresses.ingest}/v1/audit`, {
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      data: Buffer.from(sent),
    });
    expect(answer.status(), await answer.text()).toBe(202);
  }).toPass({ timeout: 30_000, intervals: [50] });

  const row = page.getByRole('row').filter({ hasText: path });
  await expect(row).toBeVisible();
  await row.click();
  await expect(page.getByRole('group', { name: 'Request body, JSON' })).toContainText(
    '9007199254740993',
  );

  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole('complementary', { name: 'Event details' })).toBeVisible();
  await page.getByRole('button', { name: 'Close details' }).click();
  await expect(row).toBeVisible();
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: 'Overview' })
    .click();
  await expect(page.getByRole('region', { name: 'Key figures' })).toBeVisible();
  await page.setViewportSize({ width: 1440, height: 900 });
});
