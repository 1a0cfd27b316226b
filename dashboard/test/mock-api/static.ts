// Serves the built dashboard the way query-api does: under /app/, unknown paths get the page, and
// a content security policy that allows nothing from outside.
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

export function serveStatic(path: string, response: ServerResponse): void {
  if (!path.startsWith('/app')) {
    response.writeHead(302, { Location: '/app/' }).end();
    return;
  }
  const inside = normalize(path.slice('/app'.length));
  const asset = extname(inside) === '' ? '/index.html' : inside;
  try {
    const content = readFileSync(join(DIST, asset));
    response.writeHead(200, {
      'Content-Type': CONTENT_TYPES[extname(asset)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(content);
  } catch {
    response.writeHead(404).end('not found');
  }
}
