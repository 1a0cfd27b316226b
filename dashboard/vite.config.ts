// Builds the dashboard for /app/ and, in development, forwards the API to a running query-api.
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const api = process.env['BATAUDIT_API'] ?? 'http://127.0.0.1:8082';

/** Loaded by the page's script (src/main.ts), but in every visit. */
const SHOWN = 'src/app/show.tsx';
const EVERY_VISIT = ['begin', 'libraries', 'frame'];

/** What every visit needs is asked for by the page itself, and compiled while it arrives. */
function everyVisit(): Plugin {
  return {
    name: 'every-visit',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const files = new Set<string>();
        const collect = (file: string) => {
          const chunk = bundle[file];
          if (chunk?.type !== 'chunk' || files.has(file)) return;
          files.add(file);
          chunk.imports.forEach(collect);
        };
        for (const file of Object.values(bundle)) {
          if (file.type === 'chunk' && file.facadeModuleId?.endsWith(SHOWN)) collect(file.fileName);
        }
        return [...files]
          .map((file) => `/app/${file}`)
          .filter((href) => !html.includes(href))
          .map((href) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href },
            injectTo: 'head',
          }));
      },
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        // On a thread of the browser's own; most of their functions would be compiled one by one before the first paint.
        for (const file of Object.values(bundle)) {
          if (file.type !== 'chunk' || !EVERY_VISIT.includes(file.name)) continue;
          file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
        }
      },
    },
  };
}

export default defineConfig({
  base: '/app/',
  plugins: [react(), everyVisit()],
  server: { host: '127.0.0.1', port: 5173, proxy: { '/v1': { target: api } } },
  build: {
    target: 'es2023',
    manifest: true,
    // The content security policy is `default-src 'self'`: a data: URI would not load.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', show: SHOWN },
      output: {
        codeSplitting: {
          // What every visit needs in three files: what asks, the libraries and the frame. Sixty small ones weigh a
          // tenth more, and the libraries stay in the browser's cache when only our part changes.
          groups: [
            { name: 'begin', tags: ['$initial'], test: /\/src\/start\/begin\.ts$/, priority: 3 },
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 2 },
            {
              name: 'frame',
              tags: ['$initial'],
              test: /\/src\/(?!main\.ts).*\.tsx?$/,
              priority: 1,
            },
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
