// Builds the dashboard for /app/ and, in development, forwards the API to a running query-api.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const api = process.env['BATAUDIT_API'] ?? 'http://127.0.0.1:8082';

export default defineConfig({
  base: '/app/',
  plugins: [react()],
  server: { host: '127.0.0.1', port: 5173, proxy: { '/v1': { target: api } } },
  build: {
    target: 'es2023',
    manifest: true,
    // The content security policy is `default-src 'self'`: a data: URI would not load.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the first page needs in two files: sixty small ones weigh a tenth more, and the libraries
    // stay in the browser's cache when only our part changes.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 2 },
            { name: 'frame', tags: ['$initial'], test: /\/src\/(?!main\.tsx)/, priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    // Ends a test that hangs; says nothing about speed.
    testTimeout: 120_000,
    setupFiles: ['test/unit/setup.ts'],
    // Times are tested in zones that are named; the rest must not depend on the machine's.
    env: { TZ: 'UTC' },
    include: ['src/**/*.test.{ts,tsx}', 'test/unit/**/*.test.ts'],
  },
});
