// What every sub-page of the settings owes its reader while its list is on its way, or cannot be had.
import type { Page } from '@playwright/test';
import { expect, failing, settled, slow } from './fixtures';

/** Opens a sub-page for a project. */
export async function openSettings(page: Page, name: string, project: string): Promise<void> {
  await page.goto(`/app/settings/${name}?project=${project}`);
  await settled(page);
}

/** The page says that it waits for these routes, and that they failed, and tries each of them again. */
export async function waitsAndFails(
  page: Page,
  name: string,
  project: string,
  { route, lists = 1 }: { route: RegExp; lists?: number },
): Promise<void> {
  const release = await slow(page, route);
  await page.goto(`/app/settings/${name}?project=${project}`);
  // Only the first may be seen: what is below waits until that has its place.
  const loading = page.getByRole('status', { name: 'Loading', includeHidden: true });
  await expect(loading).toHaveCount(lists);
  await expect(loading.first()).toBeVisible();
  release();
  await settled(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  const works = await failing(page, route);
  await page.reload();
  await expect(page.getByRole('alert')).toHaveCount(lists);
  await expect(page.getByRole('alert').first()).toContainText('bat-test-1');
  await works();
  for (let left = lists - 1; left >= 0; left -= 1) {
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await expect(page.getByRole('alert')).toHaveCount(left);
  }
}
