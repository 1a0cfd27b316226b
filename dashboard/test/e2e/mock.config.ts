import { defineConfig } from '@playwright/test';
import { launchOptions, shared } from './browser';

// A port of its own for each run, so that two runs on one machine never share a mock. The workers
// read this file too and inherit the choice through the environment.
process.env['BATAUDIT_MOCK_PORT'] ??= String(20_000 + (process.pid % 20_000));
const PORT = Number(process.env['BATAUDIT_MOCK_PORT']);

export default defineConfig({
  ...shared,
  testMatch: 'mock/*.spec.ts',
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    launchOptions,
    viewport: { width: 1440, height: 900 },
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    actionTimeout: 20_000,
    trace: 'retain-on-failure',
  },
  webServer: {
    command: 'node --import tsx test/mock-api/main.ts',
    cwd: '../..',
    env: { PORT: String(PORT) },
    url: `http://127.0.0.1:${PORT}/app/`,
    reuseExistingServer: false,
  },
});
