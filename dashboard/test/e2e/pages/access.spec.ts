// What a page that stands still does not show: menus and filters while they are open, where the focus goes, and motion.
import type { Page } from '@playwright/test';
import { expect, look, settled, slow, test } from './fixtures';

test('opened menus and filters are within a landmark', async ({ owner: page }) => {
  await page.goto('/app/settings/users');
  await settled(page);
  const menu = page.getByRole('region', { name: 'Menu', exact: true });
  for (const [name, opens] of [
    ['account', page.getByRole('button', { name: 'Account and theme' })],
    ['projects', page.getByRole('button', { name: 'Project', exact: true })],
    ['row', page.getByRole('button', { name: /^Actions for / }).first()],
  ] as const) {
    await opens.click();
    await expect(menu.getByRole('menu')).toBeVisible();
    await look(page, `open-${name}`, { widths: [1440] });
    await page.keyboard.press('Escape');
    await expect(menu).toHaveCount(0);
    await expect(opens).toBeFocused();
  }

  await page.goto('/app/events');
  await settled(page);
  await page.getByRole('button', { name: /^Service/ }).click();
  await expect(page.getByRole('dialog', { name: 'Service' })).toBeVisible();
  await look(page, 'open-filter', { widths: [1440] });
});

test('on a phone, nothing has the focus behind the navigation', async ({ owner: page }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await page.goto('/app/insights?range=7d');
  await settled(page);
  await page.locator('#main').focus();
  const behind: string[] = [];
  let stops = 0;
  for (; ; stops += 1) {
    await page.keyboard.press('Tab');
    const at = await focused(page);
    if (at === undefined) break;
    if (at.behind) behind.push(at.name);
  }
  expect(behind).toEqual([]);
  // The page was longer than the screen.
  expect(stops).toBeGreaterThan(10);
  expect(await page.locator('#main').evaluate((main) => main.scrollTop)).toBeGreaterThan(0);
});

/** What has the focus, while that is within the page. */
function focused(page: Page): Promise<{ name: string; behind: boolean } | undefined> {
  return page.evaluate(() => {
    const now = document.activeElement;
    const navigation = document.querySelector('.nav')?.getBoundingClientRect().top ?? 0;
    if (now === null || !document.getElementById('main')?.contains(now)) return undefined;
    const name = now.getAttribute('aria-label') ?? now.textContent;
    return { name, behind: now.getBoundingClientRect().top >= navigation };
  });
}

test('who wants less motion sees none that goes on', async ({ owner: page }) => {
  const release = await slow(page, /\/v1\/audit\/stats\?/);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.goto('/app/');
  await expect(page.locator('.skeleton-page')).toBeVisible();
  await expect.poll(() => moving(page)).toContain('skeleton skeleton-page');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(() => moving(page)).toEqual([]);
  release();
  await settled(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.goto('/app/events');
  await settled(page);
  await expect.poll(() => moving(page)).toContain('live-dot');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(() => moving(page)).toEqual([]);

  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Export events' });
  await expect(dialog).toBeVisible();
  expect(await moving(page)).toEqual([]);
  await expect(dialog).toHaveCSS('opacity', '1');
});

/** The classes of what moves at this moment. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document.getAnimations().flatMap(({ playState, effect }) => {
      const target = effect instanceof KeyframeEffect ? effect.target : null;
      return playState === 'running' && target !== null ? [target.className] : [];
    }),
  );
}
