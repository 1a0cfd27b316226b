import { type PlaywrightTestConfig } from '@playwright/test';

/** The browser of the machine; none is ever downloaded. */
export const launchOptions = {
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export const shared = {
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  outputDir: '../../test-results',
  // Generous: these end a test that hangs, and say nothing about speed.
  timeout: 120_000,
  expect: { timeout: 20_000 },
} satisfies PlaywrightTestConfig;
