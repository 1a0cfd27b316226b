// Against the real product: see first-event.spec.ts for what has to run and be set.
import { defineConfig } from '@playwright/test';
import { launchOptions, shared } from './browser';

export default defineConfig({
  ...shared,
  testMatch: 'first-event.spec.ts',
  use: {
    baseURL: process.env['BATAUDIT_BASE_URL'] ?? 'http://127.0.0.1:8082',
    launchOptions,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    trace: 'retain-on-failure',
  },
});
