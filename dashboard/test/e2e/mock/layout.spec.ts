import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, rows, test, openPage } from './fixtures';

const PAGES = ['/app/', '/app/events', '/app/settings/projects', '/app/settings/api-keys'];

async function seriousProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no serious accessibility problem in ${colorScheme}`, async ({ signedIn: page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of PAGES) {
      await page.goto(path);
      await settled(page);
      expect(await seriousProblems(page), path).toEqual([]);
    }
    await page.goto('/app/events?class=5xx');
    await rows(page).first().click();
    await expect(page.getByText('9007199254740993')).toBeVisible();
    expect(await seriousProblems(page), 'drawer').toEqual([]);
    await page.goto('/app/settings/api-keys');
    await page.getByRole('button', { name: 'Generate key' }).click();
    expect(await seriousProblems(page), 'dialog').toEqual([]);
  });
}

test('on a phone nothing is wider than the screen', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of PAGES) {
    await page.goto(path);
    await settled(page);
    const overflow = await page.evaluate(() => {
      const main = document.getElementById('main');
      return Math.max(
        document.documentElement.scrollWidth - window.innerWidth,
        main === null ? 0 : main.scrollWidth - main.clientWidth,
      );
    });
    expect(overflow, path).toBe(0);
  }
  await openPage(page, 'Events');
  await rows(page).first().click();
  const drawer = page.getByRole('complementary', { name: 'Event details' });
  await expect(drawer.getByText('Request body')).toBeVisible();
  await drawer.getByRole('button', { name: 'Close details' }).click();
  await expect(drawer).toBeHidden();
});
