// What comes late moves nothing that is already there, whatever comes last. Chromium itself says what moved.
import type { Page, Route } from '@playwright/test';
import { answering, expect, settled, test } from './fixtures';

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

interface Late {
  path: string;
  /** Parts of the addresses that the page asks at first, in this order. */
  asks: readonly string[];
  /** Something that is only there once everything has come. */
  last: string;
}

const PAGES: Late[] = [
  {
    path: '/app/',
    asks: ['/audit/stats', '/audit/facets', '/pipeline', '/monitors', '/audit/orphans'],
    last: '.feed-row',
  },
  {
    path: '/app/events',
    asks: ['/audit?', '/audit/facets'],
    last: '[role=row][aria-rowindex="3"]',
  },
  { path: '/app/insights?range=6h', asks: ['/audit/insights', '/audit/stats'], last: '.insights' },
];

/** From now on, what moves on a page is written down. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const moved: string[] = [];
    Object.assign(window, { moved });
    const name = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return `${element?.tagName ?? '?'}.${element?.className ?? ''}`;
    };
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as Shift[]) {
        if (shift.hadRecentInput || shift.value < 0.0005) continue;
        const what = shift.sources.map(({ node }) => name(node)).join(', ');
        moved.push(`${shift.value.toFixed(4)} ${what}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

function moved(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { moved: string[] }).moved);
}

/** What came is drawn. */
function drawn(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((done) => {
        let frames = 6;
        const next = () => (frames-- > 0 ? requestAnimationFrame(next) : done());
        next();
      }),
  );
}

/** Opens a page whose answers come one by one, in the order of its questions or from the last to the first. */
async function openSlowly(page: Page, { path, asks, last }: Late, reversed: boolean) {
  const held = new Map<string, Route[]>();
  let all = false;
  await page.route(/\/v1\/(audit|pipeline|monitors)(?!\/stream)/, async (route) => {
    const ask = asks.find((each) => route.request().url().includes(each));
    if (all || ask === undefined) return route.fallback();
    held.set(ask, [...(held.get(ask) ?? []), route]);
  });
  await page.goto(path);
  await expect.poll(() => held.size).toBe(asks.length);
  all = true;
  for (const ask of reversed ? [...asks].reverse() : asks) {
    for (const route of held.get(ask) ?? []) {
      const done = page.waitForEvent('requestfinished', (each) => each === route.request());
      await route.fallback();
      await done;
    }
    await drawn(page);
  }
  await expect(page.locator(last).first()).toBeVisible();
  await settled(page);
  await drawn(page);
}

for (const [width, reversed] of [
  [1440, false],
  [1440, true],
  [390, false],
] as const) {
  test(`nothing moves at ${width} px, answered ${reversed ? 'from the last' : 'in order'}`, async ({
    owner: page,
    stack,
  }) => {
    const monitor = { id: 'm', project_id: stack.shop.id, name: 'payments', enabled: true };
    await answering(page, /\/v1\/monitors(\?|$)/, { data: [{ ...monitor, last_status: 'down' }] });
    await page.setViewportSize({ width, height: 900 });
    await watch(page);
    for (const late of PAGES) {
      await openSlowly(page, late, reversed);
      expect.soft(await moved(page), late.path).toEqual([]);
      await page.unroute(/\/v1\/(audit|pipeline|monitors)(?!\/stream)/);
    }
  });
}
