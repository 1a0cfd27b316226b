// Takes the README's pictures from a running demo: see scripts/pictures.
import { defineConfig } from '@playwright/test';
import { launchOptions, shared } from './browser';

export default defineConfig({
  ...shared,
  testMatch: 'pictures.spec.ts',
  use: {
    launchOptions,
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    locale: 'en-GB',
    reducedMotion: 'reduce',
    actionTimeout: 20_000,
  },
});
