// People made for one test, so that no test changes those whom others sign in as.
import { randomUUID } from 'node:crypto';
import { type Browser, type BrowserContext, type Page, expect } from '@playwright/test';
import type { Api, Person } from '../stack/api';

export interface Made extends Person {
  id: string;
  name: string;
}

/** A user of this role; a member of the project with that role, where one is given. */
export async function person(
  api: Api,
  role: 'admin' | 'auditor' | 'viewer',
  member?: { project: string; role: 'owner' | 'admin' | 'viewer' },
): Promise<Made> {
  const name = `${role} ${randomUUID().slice(0, 8)}`;
  const made = {
    name,
    email: `${name.replace(' ', '.')}@example.com`,
    password: 'a sentence of theirs',
  };
  const { id } = await api.post<{ id: string }>('/v1/auth/users', { ...made, role });
  if (member !== undefined) {
    const path = `/v1/auth/projects/${member.project}/members`;
    await api.post(path, { email: made.email, role: member.role });
  }
  return { ...made, id };
}

/** Signs in on the sign-in page, wherever that was come to from. */
export async function signInOn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Another browser, with nothing of the first one's. */
export async function another(browser: Browser): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext();
  return { context, page: await context.newPage() };
}

/** The texts of the buttons of a page's settings navigation. */
export async function sections(page: Page): Promise<string[]> {
  const nav = page.getByRole('navigation', { name: 'Settings pages' });
  await expect(nav).toBeVisible();
  return nav.getByRole('link').allInnerTexts();
}
