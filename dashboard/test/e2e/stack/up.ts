// Starts `bataudit up` on an empty folder, waits until it is ready and fills it.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Addresses } from './addresses';
import { startProvider } from './provider';
import { type Seeded, seed } from './seed';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const READY_WITHIN_MS = 120_000;

/** What the tests know about the running product. */
export interface Stack extends Seeded {
  addresses: Addresses;
  /** Address of the OpenID provider, where it is installed. */
  issuer?: string;
}

export interface Running {
  stack: Stack;
  stop: () => Promise<void>;
}

/** `name` parts the folders of runs that happen side by side. */
export async function up(addresses: Addresses, name: string): Promise<Running> {
  const folder = join(ROOT, 'target/e2e', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'up.log');
  const provider = await startProvider(ROOT, addresses.api);
  const child = launch(addresses, folder, log, provider?.env ?? {});
  const stop = async () => {
    await end(child);
    provider?.stop();
  };
  try {
    await ready(child, addresses, log);
    const seeded = await seed(addresses, printed(log));
    const stack = { addresses, ...seeded, ...(provider && { issuer: provider.issuer }) };
    return { stack, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function launch(
  addresses: Addresses,
  folder: string,
  log: string,
  more: Record<string, string>,
): ChildProcess {
  const of = (url: string) => new URL(url).host;
  const child = spawn(binary(), ['up'], {
    env: {
      ...process.env,
      BATAUDIT_DATA_DIR: join(folder, 'data'),
      BATAUDIT_QUERY_API_ADDRESS: of(addresses.api),
      BATAUDIT_INGEST_ADDRESS: of(addresses.ingest),
      BATAUDIT_UP_ADMIN_ADDRESS: of(addresses.admin),
      // Webhooks and monitors of the tests are on this machine (stack/receiver.ts).
      BATAUDIT_SENTINEL_ALLOWED_NETWORKS: '127.0.0.1/32',
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Also when the run is interrupted before it could stop it.
  process.once('exit', () => child.kill('SIGTERM'));
  const file = createWriteStream(log);
  child.stdout.pipe(file);
  child.stderr.pipe(file);
  return child;
}

function binary(): string {
  const given = process.env['BATAUDIT_BIN'];
  const found = [given, 'target/debug/bataudit', 'target/release/bataudit']
    .filter((path) => path !== undefined)
    .map((path) => (path.startsWith('/') ? path : join(ROOT, path)))
    .find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error('There is no bataudit to test: run `cargo build -p bataudit` first.');
  }
  return found;
}

async function ready(child: ChildProcess, { admin }: Addresses, log: string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  let answer = 'nothing answered';
  while (Date.now() < until) {
    if (child.exitCode !== null) break;
    try {
      const response = await fetch(`${admin}/ready`, { signal: AbortSignal.timeout(5_000) });
      if (response.ok && readFileSync(log, 'utf8').includes('is running.')) return;
      answer = `${response.status} ${await response.text()}`;
    } catch (error) {
      answer = String(error);
    }
    await wait(100);
  }
  const tail = readFileSync(log, 'utf8').slice(-3_000);
  throw new Error(`bataudit up did not become ready (${answer}):\n${tail}`);
}

/** What a first start prints. */
function printed(log: string) {
  const lines = readFileSync(log, 'utf8').split('\n');
  const value = (label: string) => {
    const line = lines.map((each) => each.trim()).find((each) => each.startsWith(label));
    if (line === undefined) throw new Error(`bataudit up printed no "${label}"`);
    return line.slice(label.length).trim();
  };
  return { email: value('Sign in as'), password: value('Password'), key: value('API key') };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
