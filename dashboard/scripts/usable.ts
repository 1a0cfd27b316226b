// How long a first visit waits, from the address to what it came for, in a browser that has nothing of ours yet: on a line
// of 10 Mbit/s and 40 ms, with the processor as it is and four times as slow.
//   npm run usable -- <demo.json of a running demo> [loads]
import { loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { type BrowserContext, chromium } from '@playwright/test';
import { launchOptions } from '../test/e2e/browser';
import { demoOf, signIn } from './demo';

interface Visit {
  path: string;
  signedIn: boolean;
  /** What is waited for, in the order in which it comes. */
  steps: Record<string, string>;
}

const LINE = { offline: false, latency: 40, downloadThroughput: 1.25e6, uploadThroughput: 1.25e6 };
/** How often the browser's processors are looked at, and how busy they may be when nothing goes on. */
const LOOK_MS = 200;
const CALM_SECONDS = 0.01;
/** How long a load may take. */
const PAINTED_MS = 60_000;
const VISITS: Visit[] = [
  { path: 'login', signedIn: false, steps: { 'sign-in': 'input[name=email]' } },
  { path: '', signedIn: false, steps: { 'led to sign-in': 'input[name=email]' } },
  {
    path: '',
    signedIn: true,
    steps: {
      frame: '.nav-link',
      figures: '.card-value',
      charts: '.chart svg',
      feed: '.feed-row',
    },
  },
  { path: 'events', signedIn: true, steps: { events: '[role=row][aria-rowindex="3"]' } },
];

const [file, loads = '7'] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: npm run usable -- <demo.json> [loads]');
const demo = demoOf(file);
const browser = await chromium.launch(launchOptions);
const processes = await browser.newBrowserCDPSession();
const cookies = await signIn(browser, demo);
for (const slower of [4, 1]) {
  const [load = 0] = loadavg();
  console.log(
    `\nprocessor ${slower} times slower, ${loads} loads each, load of the machine ${load.toFixed(1)}`,
  );
  console.log('                 median    least     most   scripts');
  for (const visit of VISITS) await table(visit, slower);
}
await browser.close();

async function table(visit: Visit, slower: number): Promise<void> {
  const times: Record<string, number[]> = {};
  let scripts = 0;
  for (let left = Number(loads); left > 0; left -= 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    if (visit.signedIn) await context.addCookies(cookies);
    await context.newPage();
    await calm();
    const found = await open(context, visit, slower);
    for (const [step, at] of Object.entries(found.at)) (times[step] ??= []).push(at);
    scripts = found.scripts;
    await context.close();
  }
  const ms = (value = 0) => `${Math.round(value)} ms`.padStart(9);
  for (const [step, all] of Object.entries(times)) {
    all.sort((one, other) => one - other);
    const median = all[Math.floor(all.length / 2)];
    const kb = `${(scripts / 1024).toFixed(1)} KB`.padStart(10);
    console.log(step.padEnd(14) + ms(median) + ms(all[0]) + ms(all.at(-1)) + kb);
  }
}

/** Waits for the window of a context, which has pages of its own to load: the address field has hundreds of files. */
async function calm(): Promise<void> {
  for (let before = await busy(); ;) {
    await setTimeout(LOOK_MS);
    const now = await busy();
    if (now - before < CALM_SECONDS) return;
    before = now;
  }
}

/** Seconds that all processes of the browser have computed. */
async function busy(): Promise<number> {
  const { processInfo } = await processes.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** One load: when each step was painted, and how many bytes of scripts came over the line by then. */
async function open(context: BrowserContext, { path, signedIn, steps }: Visit, slower: number) {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', LINE);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: slower });
  // It tells by itself: whatever asks it meanwhile would take its time.
  const all = new Promise<void>((done) => cdp.once('Runtime.bindingCalled', () => done()));
  await cdp.send('Runtime.enable');
  await cdp.send('Runtime.addBinding', { name: 'allPainted' });
  // As the browser of whoever was here before has it.
  if (signedIn) await page.addInitScript(() => localStorage.setItem('bataudit.signed-in', 'yes'));
  await page.addInitScript((wanted) => {
    const at: Record<string, number> = {};
    const told = Object.assign(window, { at }) as unknown as {
      allPainted: (nothing: string) => void;
    };
    const missing = new Map(Object.entries(wanted));
    const count = missing.size;
    new MutationObserver(() => {
      for (const [step, selector] of missing) {
        if (document.querySelector(selector) === null) continue;
        missing.delete(step);
        // A frame's callbacks run before it is painted, and a message of theirs after it.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          at[step] = performance.now();
          if (Object.keys(at).length === count) told.allPainted('');
        };
        requestAnimationFrame(() => port2.postMessage(null));
      }
    }).observe(document, { childList: true, subtree: true });
  }, steps);
  await page.goto(`${demo.base_url}/app/${path}`, { waitUntil: 'commit' });
  const late = AbortSignal.timeout(PAINTED_MS);
  const given = new Promise<never>((_, fail) =>
    late.addEventListener('abort', () => fail(new Error(`/app/${path} was not painted in time`))),
  );
  await Promise.race([all, given]);
  return page.evaluate(() => ({
    at: (window as unknown as { at: Record<string, number> }).at,
    scripts: (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter(({ name }) => name.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  }));
}
