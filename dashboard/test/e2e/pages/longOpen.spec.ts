// A tab that nobody closes: a day passes for it within seconds, with events that really arrive.
import type { CDPSession } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { send } from '../stack/api';
import { eventually, expect, settled, test } from './fixtures';

const STEPS = 8;
const STEP = '03:00:00';
/** Of each step. All together are more than a live list keeps. */
const EVENTS = 300;
const MOST_MB = 2;

interface Held {
  heapMb: number;
  nodes: number;
  listeners: number;
}

/** What the tab holds once everything that nobody needs is gone. */
async function held(cdp: CDPSession): Promise<Held> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return {
    heapMb: of('JSHeapUsedSize') / 1_048_576,
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
  };
}

test('a tab that is open for a day does not grow', async ({
  owner: page,
  context,
  api,
  project,
  stack,
}) => {
  const body = { project_id: project, name: 'all day', scope: 'project' };
  const { key } = await api.post<{ key: string }>('/v1/auth/api-keys', body);
  const arrive = (path: string) =>
    send(
      stack.addresses.ingest,
      key,
      Array.from({ length: EVENTS }, (_, index) => ({
        service_name: `service-${index % 5}`,
        environment: 'production',
        method: 'GET',
        path: `${path}/${index}`,
        status_code: 200,
        identifier: randomUUID(),
        response_time: index,
      })),
    );
  await eventually('the new key works', () => arrive('/first'));
  await page.clock.install();
  await page.goto(`/app/?project=${project}&range=30d`);
  await settled(page);
  const feed = page.getByRole('region', { name: 'Latest events' });
  await expect(feed.getByText('LIVE', { exact: true })).toBeVisible();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');

  const all: Held[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    await arrive(`/step-${step}`);
    await expect(feed.getByRole('link').first()).toContainText(`/step-${step}/`);
    await page.clock.fastForward(STEP);
    all.push(await held(cdp));
  }
  const [first, second] = [all.slice(0, STEPS / 2), all.slice(STEPS / 2)];
  const most = (of: Held[], what: keyof Held) => Math.max(...of.map((each) => each[what]));
  expect(most(second, 'nodes'), JSON.stringify(all)).toBeLessThanOrEqual(
    most(first, 'nodes') * 1.1,
  );
  expect(most(second, 'listeners')).toBeLessThanOrEqual(most(first, 'listeners') * 1.1);
  expect(most(second, 'heapMb')).toBeLessThan(most(first, 'heapMb') + MOST_MB);
});
