// Every test starts from a fresh mock, signed in, and fails on anything the page complains about.
import { type Page, test as base, expect } from '@playwright/test';
import { EVENT_COUNT, PASSWORD } from '../../mock-api/state';

export { EVENT_COUNT, PASSWORD, expect };

export interface Mock {
  reset: (options?: { empty?: boolean }) => Promise<void>;
  arrive: (event?: Record<string, unknown>) => Promise<string>;
  down: (down: boolean) => Promise<void>;
  expireSessions: () => Promise<void>;
}

export const test = base.extend<{ mock: Mock; complaints: string[]; signedIn: Page }>({
  mock: [
    async ({ request }, use) => {
      const post = async (path: string, data: object = {}) =>
        (await request.post(`/mock/${path}`, { data })).json();
      await post('reset');
      await use({
        reset: (options) => post('reset', options),
        arrive: async (event) => (await post('arrive', event)).id,
        down: (down) => post('down', { down }),
        expireSessions: () => post('expire-sessions'),
      });
    },
    { auto: true },
  ],
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // Failed requests are the business of the tests that cause them.
        const failed = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && !failed) complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
  signedIn: async ({ page }, use) => {
    await page.goto('/app/login');
    await signIn(page);
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
    await use(page);
  },
});

export async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export function rows(page: Page) {
  return page.getByRole('grid').getByRole('rowgroup').getByRole('row');
}

export async function openPage(
  page: Page,
  name: 'Overview' | 'Events' | 'Settings',
): Promise<void> {
  const nav = page.getByRole('navigation', { name: 'Main' });
  await nav.getByRole('link', { name }).click();
}
