// A server whose answers come one at a time, and what moved on the page meanwhile: Chromium itself says that.
import type { Page, Request, Route } from '@playwright/test';
import { expect } from './fixtures';

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

/** Shifts below this are of parts of a pixel. */
const LEAST = 0.0005;
/** Ends a wait for what never comes, and says nothing about speed. */
const NEVER_MS = 60_000;
/** What is asked of the API. Who is signed in decides whether there is a page at all. */
const ANSWERS = /\/v1\/(?!auth\/me\b|[a-z]+\/stream\b)/;
/** These end with the page. */
const STREAMS = /\/v1\/[a-z]+\/stream\b/;

/** From now on, what moves on a page is written down. */
export async function watch(page: Page): Promise<void> {
  await page.addInitScript((least) => {
    const moved: string[] = [];
    Object.assign(window, { moved });
    const name = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return `${element?.tagName ?? '?'}.${element?.className ?? ''}`;
    };
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as Shift[]) {
        if (shift.hadRecentInput || shift.value < least) continue;
        const what = shift.sources.map(({ node }) => name(node)).join(', ');
        moved.push(`${shift.value.toFixed(4)} ${what}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  }, LEAST);
}

export function moved(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { moved: string[] }).moved);
}

/** What came is drawn. */
function drawn(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((done) => {
        let left = 3;
        const next = () => (left-- > 0 ? requestAnimationFrame(next) : done());
        next();
      }),
  );
}

export interface Late {
  path: string;
  /** Something that is only there once everything has come; the page's heading unless told. */
  last?: string;
}

/**
 * Opens a page that gets no answer before it asks nothing more, and then one at a time, of its questions the first or
 * the last; what it asks after that waits in the same way. Ends when everything has come and nothing is loading.
 */
export async function openLate(page: Page, { path, last = 'h1' }: Late, order: 'first' | 'last') {
  const held: Route[] = [];
  const open = new Set<Request>();
  const began = (request: Request) => void (STREAMS.test(request.url()) || open.add(request));
  const over = (request: Request) => void open.delete(request);
  page.on('request', began).on('requestfinished', over).on('requestfailed', over);
  await page.route(ANSWERS, (route) => void held.push(route));

  /** Its code is there, what came is drawn, and everything it still asks for is held. */
  const asksNoMore = () =>
    expect
      .poll(
        async () => {
          await drawn(page);
          const waits = new Set(held.map((route) => route.request()));
          return [...open].filter((request) => !waits.has(request)).map((each) => each.url());
        },
        { message: `${path}: what never came`, intervals: [0], timeout: NEVER_MS },
      )
      .toEqual([]);

  const missing = async () => {
    await asksNoMore();
    while (held.length > 0) {
      await (order === 'first' ? held.shift() : held.pop())?.fallback();
      await asksNoMore();
    }
    const loads = await page.locator('.skeleton').count();
    const shown = await page.locator(last).first().isVisible();
    return [...(loads > 0 ? [`${loads} still load`] : []), ...(shown ? [] : [last])];
  };

  await page.goto(path, { timeout: NEVER_MS });
  // What is drawn later may ask once more.
  await expect
    .poll(missing, { message: `${path}: what is missing`, intervals: [20], timeout: NEVER_MS })
    .toEqual([]);
  page.off('request', began).off('requestfinished', over).off('requestfailed', over);
  await page.unroute(ANSWERS);
}
