// Whether the list of events scrolls at the pace of the screen with so many rows in it: the browser's own frames, while a
// wheel turns. The pages come from here, since no demo has so many events; everything else is the demo's.
//   npm run frames -- <demo.json of a running demo> [rows]
import { loadavg } from 'node:os';
import { type Page, type Route, chromium } from '@playwright/test';
import { launchOptions } from '../test/e2e/browser';
import { demoOf, signIn } from './demo';

/** One turn of the wheel a frame of a screen, for so many frames. */
const FRAME_MS = 1_000 / 60;
const FRAMES = 300;
/** How far a turn goes: a slow reader, a fast one, and one who looks for something. */
const STEPS = [40, 120, 1_200];
/** A text: what runs this would put functions of its own into one. */
const NOTE_FRAMES = `{
  const times = (window.frames_ = []);
  const note = (time) => {
    times.push(time);
    requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
}`;
/** How long all pages may take to load. */
const LOADED_MS = 240_000;

const [file, wanted = '100000'] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: npm run frames -- <demo.json> [rows]');
const rows = Number(wanted);
const until = new Date();
const demo = demoOf(file);
const browser = await chromium.launch(launchOptions);
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
await context.addCookies(await signIn(browser, demo));
const page = await context.newPage();
await page.route(/\/v1\/audit\?/, (route) => answer(route));
await page.goto(`${demo.base_url}/app/events`);
await page.locator('[role=row][aria-rowindex="3"]').waitFor();
await loadAll(page);
const [load = 0] = loadavg();
console.log(`${rows} rows, load of the machine ${load.toFixed(1)}`);
console.log('px a frame   frames   median      p95      p99     most   over 17 ms');
for (const step of STEPS) console.log(await scrolled(page, step));
await browser.close();

/** A page of events of which none is like the one before. */
async function answer(route: Route): Promise<void> {
  const query = new URL(route.request().url()).searchParams;
  const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? 10)];
  const data = Array.from({ length: Math.min(limit, rows - from) }, (_, n) => event(from + n));
  const next = from + data.length;
  await route.fulfill({
    json: {
      data,
      pagination: {
        page: 1,
        totalPage: rows / limit,
        limit,
        totalItems: rows,
        totalIsExact: true,
        next_cursor: next < rows ? String(next) : null,
      },
    },
  });
}

function event(n: number) {
  return {
    id: `01931b66-7c5c-7c2f-9d3d-${(0xffff_ffff_ffff - n).toString(16)}`,
    project_id: 'p',
    event_type: 'http',
    identifier: `usr_${n % 977}`,
    user_email: n % 3 === 0 ? '' : `person.${n % 977}@example.com`,
    user_name: n % 3 === 0 ? '' : `Person ${n % 977}`,
    method: ['GET', 'POST', 'PUT', 'DELETE'][n % 4],
    path: `/api/orders/${n}/lines/${n % 13}`,
    status_code: [200, 201, 304, 404, 500][n % 5],
    service_name: `service-${n % 17}`,
    environment: 'production',
    timestamp: new Date(until.getTime() - n * 37).toISOString(),
    response_time: n % 900,
  };
}

/** Goes to the end of the list as long as there is more of it. */
async function loadAll(page: Page): Promise<void> {
  const give = Date.now() + LOADED_MS;
  const count = () => page.locator('#events').getAttribute('aria-rowcount');
  // What arrives meanwhile is in it too.
  while (Number(await count()) <= rows) {
    if (Date.now() > give)
      throw new Error(`the list has ${await count()} rows after ${LOADED_MS} ms`);
    await page.locator('#events').evaluate(async (list) => {
      list.scrollTop = list.scrollHeight;
      await new Promise((done) => requestAnimationFrame(done));
    });
  }
}

/** Turns the wheel, and tells how long the page's frames took. */
async function scrolled(page: Page, step: number): Promise<string> {
  await page.locator('#events').evaluate((list) => (list.scrollTop = list.scrollHeight / 3));
  await page.mouse.move(700, 500);
  await page.evaluate(NOTE_FRAMES);
  const began = performance.now();
  for (let turn = 0; turn < FRAMES; turn += 1) {
    await page.mouse.wheel(0, step);
    const left = began + (turn + 1) * FRAME_MS - performance.now();
    if (left > 0) await new Promise((done) => setTimeout(done, left));
  }
  const times = await page.evaluate(() => (window as unknown as { frames_: number[] }).frames_);
  const took = times.slice(1).map((time, n) => time - (times[n] ?? time));
  took.sort((one, other) => one - other);
  const share = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))];
  const ms = (value = 0) => `${value.toFixed(1)} ms`.padStart(9);
  const over = took.filter((value) => value > 17).length / took.length;
  return (
    String(step).padStart(10) +
    String(took.length).padStart(9) +
    ms(share(0.5)) +
    ms(share(0.95)) +
    ms(share(0.99)) +
    ms(took.at(-1)) +
    `${(over * 100).toFixed(1)} %`.padStart(13)
  );
}
