// A demo that is running, as `bataudit demo` writes it down, and a browser signed in to it.
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext } from '@playwright/test';

export interface Demo {
  base_url: string;
  logins: { role: string; email: string; password: string }[];
}

export type Cookies = Parameters<BrowserContext['addCookies']>[0];

export function demoOf(file: string): Demo {
  return JSON.parse(readFileSync(file, 'utf8')) as Demo;
}

/** The cookies of an owner. */
export async function signIn(browser: Browser, demo: Demo): Promise<Cookies> {
  const context = await browser.newContext();
  const owner = demo.logins.find(({ role }) => role === 'owner');
  const answer = await context.request.post(`${demo.base_url}/v1/auth/login`, {
    data: { email: owner?.email, password: owner?.password },
    headers: { 'X-Requested-With': 'bataudit' },
  });
  if (!answer.ok()) throw new Error(`sign-in was answered with ${answer.status()}`);
  const { cookies } = await context.storageState();
  await context.close();
  return cookies;
}
