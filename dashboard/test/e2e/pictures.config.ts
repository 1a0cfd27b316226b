// Takes the README's pictures from a running demo: see scripts/pictures.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser';

export default defineConfig({
  testDir: '.',
  testMatch: 'pictures.spec.ts',
  workers: 1,
  reporter: 'list',
  outputDir: '../../../target/test-artifacts/pictures',
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: {
    launchOptions,
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    locale: 'en-GB',
    reducedMotion: 'reduce',
    actionTimeout: 20_000,
  },
});
