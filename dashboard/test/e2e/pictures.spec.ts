// A picture of every page that the main navigation leads to. Needs a running demo:
//   BATAUDIT_DEMO       its demo.json
//   BATAUDIT_PICTURES   where the pictures go
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

interface Demo {
  base_url: string;
  logins: { role: string; email: string; password: string }[];
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

test('every page that the navigation leads to', async ({ page }) => {
  const demo = JSON.parse(readFileSync(required('BATAUDIT_DEMO'), 'utf8')) as Demo;
  const folder = required('BATAUDIT_PICTURES');
  mkdirSync(folder, { recursive: true });
  const owner = demo.logins.find((login) => login.role === 'owner');
  const data = { email: owner?.email, password: owner?.password };
  const answer = await page.request.post(`${demo.base_url}/v1/auth/login`, { data });
  expect(answer.status()).toBe(200);

  await page.goto(`${demo.base_url}/app/`);
  const navigation = page.getByRole('navigation', { name: 'Main' });
  await expect(navigation).toBeVisible();
  const links = await navigation
    .getByRole('link')
    .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  expect(links.length).toBeGreaterThan(1);
  for (const link of new Set(links)) {
    await page.goto(link);
    await expect(page.getByRole('main')).toBeVisible();
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    const path = new URL(link).pathname.replace(/^\/app\/?/, '').replaceAll('/', '-');
    await page.screenshot({ path: join(folder, `${path === '' ? 'overview' : path}.png`) });
  }
});
