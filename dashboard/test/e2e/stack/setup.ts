// Playwright's global setup: the product is up and filled before the first test, and ends after the last.
import { readFileSync } from 'node:fs';
import { addresses } from './addresses';
import { up } from './up';

export default async function setup(): Promise<() => Promise<void>> {
  const kept = process.env['BATAUDIT_E2E_STACK'];
  if (kept !== undefined && kept !== '') {
    process.env['BATAUDIT_E2E'] = readFileSync(kept, 'utf8');
    return async () => undefined;
  }
  const { stack, stop } = await up(addresses(), `run-${process.pid}`);
  process.env['BATAUDIT_E2E'] = JSON.stringify(stack);
  return stop;
}
