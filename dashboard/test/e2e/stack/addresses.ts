// Where the product of this run answers. Ports of its own, so that two runs on one machine never share
// anything; workers inherit the choice through the environment. BATAUDIT_E2E_STACK names a product that
// `npm run e2e:stack` keeps running: a run then starts in a second and leaves it running.
import { readFileSync } from 'node:fs';

export interface Addresses {
  api: string;
  ingest: string;
  admin: string;
}

export function addresses(): Addresses {
  const kept = process.env['BATAUDIT_E2E_STACK'];
  if (kept !== undefined && kept !== '') {
    return (JSON.parse(readFileSync(kept, 'utf8')) as { addresses: Addresses }).addresses;
  }
  process.env['BATAUDIT_E2E_PORT'] ??= String(20_000 + (process.pid % 12_000));
  const port = Number(process.env['BATAUDIT_E2E_PORT']);
  const at = (number: number) => `http://127.0.0.1:${number}`;
  return { api: at(port), ingest: at(port + 1), admin: at(port + 2) };
}
