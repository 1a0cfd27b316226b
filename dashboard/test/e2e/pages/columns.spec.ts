import type { Page } from '@playwright/test';
import { expect, look, test } from './fixtures';

function rows(page: Page) {
  return page.getByRole('grid').getByRole('rowgroup').getByRole('row');
}

test('columns are chosen, and stand in the address', async ({ viewer: page }) => {
  // Somebody of the seed, whose events all have an e-mail; those of other tests may not.
  await page.goto('/app/events?range=7d&identifier=user-13');
  await page.getByRole('button', { name: 'Columns' }).click();
  const choice = page.getByRole('dialog', { name: 'Columns' });
  await choice.getByLabel('E-mail').check();
  await choice.getByLabel('Environment').uncheck();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(
    /columns=time%2Cstatus%2Cmethod%2Cpath%2Cservice%2Cidentifier%2Cemail%2Cduration/,
  );
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'E-mail' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Environment' })).toHaveCount(0);
  await expect(rows(page).filter({ hasText: '@example.com' }).first()).toBeVisible();
});

test('a phone shows every chosen column, in rows that fit them', async ({ viewer: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const heights = async () => {
    const boxes = await Promise.all(
      [0, 1, 2].map((at) => rows(page).nth(at).boundingBox({ timeout: 30_000 })),
    );
    const tops = boxes.map((box) => box?.y ?? 0);
    return [...new Set(tops.slice(1).map((top, at) => top - (tops[at] ?? 0)))];
  };
  await page.goto('/app/events?range=7d&service=accounts&type=http');
  await expect(rows(page).first()).toContainText('accounts');
  expect(await heights()).toEqual([54]);

  await page.goto('/app/events?range=7d&service=accounts&type=http&columns=time,email,name,type');
  const first = rows(page).first();
  await expect(first.getByText(/^user-\d+@example\.com$/)).toBeVisible();
  await expect(first.getByText(/^User \d+$/)).toBeVisible();
  await expect(first.getByText('http', { exact: true })).toBeVisible();
  expect(await heights()).toEqual([70]);
  await look(page, 'events-columns', { widths: [390] });
  await page.setViewportSize({ width: 390, height: 844 });
  // Far down, a row still stands where the list has it.
  await page.getByRole('grid').evaluate((grid) => grid.scrollTo(0, 70 * 60));
  await expect(page.locator('[aria-rowindex="62"]').getByText(/^User \d+$/)).toBeInViewport();

  await page.goto('/app/events?range=7d&service=accounts&type=http&columns=email,name');
  await expect(first.getByText(/^User \d+$/)).toBeVisible();
  expect(await heights()).toEqual([44]);
  await page.getByRole('button', { name: 'Columns' }).click();
  const choice = page.getByRole('dialog', { name: 'Columns' });
  await choice.getByLabel('Environment').check();
  await page.keyboard.press('Escape');
  await expect(first.getByText(/^(production|staging)$/)).toBeVisible();
});
