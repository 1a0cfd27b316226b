// Every page in Debian's Chromium against the real product: `bataudit up`, started once for a run
// (stack/setup.ts) on ports of its own and filled with the same data each time.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser';
import { addresses } from './stack/addresses';

export default defineConfig({
  testDir: '.',
  testMatch: ['pages/**/*.spec.ts', 'flows/**/*.spec.ts'],
  globalSetup: './stack/setup.ts',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  outputDir: '../../../target/test-artifacts/dashboard/failures',
  snapshotPathTemplate: '{testDir}/pictures/{arg}{ext}',
  // Generous: these end a test that hangs, and say nothing about speed.
  timeout: 180_000,
  expect: { timeout: 30_000, toHaveScreenshot: { maxDiffPixelRatio: 0.01 } },
  use: {
    baseURL: addresses().api,
    launchOptions,
    viewport: { width: 1440, height: 900 },
    timezoneId: 'America/Sao_Paulo',
    locale: 'en-GB',
    actionTimeout: 30_000,
    trace: 'retain-on-failure',
  },
});
