// What comes late moves nothing that is already there, whatever comes last, on every page of src/app/router.tsx.
import type { Page } from '@playwright/test';
import type { Api } from '../stack/api';
import type { Stack } from '../stack/up';
import { answering, expect, test } from './fixtures';
import { type Late, moved, openLate, watch } from './late';

const LARGE = { width: 1440, order: 'last' } as const;
const PHONE = { width: 390, order: 'first' } as const;
const LARGE_IN_ORDER = { width: 1440, order: 'first' } as const;
type Way = typeof LARGE | typeof PHONE | typeof LARGE_IN_ORDER;

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

interface Fixtures {
  page: Page;
  api: Api;
  stack: Stack;
}

interface Group {
  name: string;
  ways?: readonly Way[];
  /** What this run's product has none of. */
  prepare?: (page: Page, project: string) => Promise<void>;
  pages: (fixtures: Fixtures) => Late[] | Promise<Late[]>;
}

const GROUPS: Group[] = [
  {
    name: 'the main pages',
    ways: [LARGE, LARGE_IN_ORDER, PHONE],
    prepare: withMonitor,
    pages: () => [
      { path: '', last: '.feed-row' },
      { path: 'events', last: '[role=row][aria-rowindex="3"]' },
      { path: 'insights?range=6h', last: '.insights' },
      { path: 'sessions', last: 'tbody tr' },
    ],
  },
  {
    name: 'what was found',
    prepare: withIncident,
    pages: ({ stack: { shop } }) => [
      { path: `sessions/timeline?id=session-95&project=${shop.id}`, last: '.timeline-list' },
      { path: `anomalies?project=${shop.id}`, last: 'tbody tr' },
      { path: `anomalies/incident?id=i&project=${shop.id}`, last: '.chart' },
      { path: `anomalies/rules?project=${shop.id}`, last: '.rules-head' },
      // The seed is younger than the usual grace time.
      { path: `orphans?grace=0&project=${shop.id}`, last: 'tbody tr' },
    ],
  },
  {
    name: 'the pipeline',
    prepare: withLetters,
    pages: () => [
      { path: 'pipeline', last: '.proof' },
      { path: 'pipeline?view=books', last: '.pipeline-none' },
      { path: 'pipeline?view=letters', last: 'tbody tr' },
      { path: 'pipeline?view=storage', last: 'tbody tr' },
    ],
  },
  {
    name: 'questions and reports',
    pages: async ({ api, stack: { shop } }) => [
      { path: `query?project=${shop.id}`, last: '.sql-editor-host' },
      { path: `studio/${await report(api, shop.id)}?project=${shop.id}`, last: '.chart' },
      { path: 'studio', last: 'tbody tr' },
    ],
  },
  {
    name: 'settings of people',
    ways: [PHONE],
    pages: () =>
      ['account', 'tokens', 'preferences', 'users', 'invites', 'projects'].map((name) => ({
        path: `settings/${name}`,
        last: '.settings-main h2',
      })),
  },
  {
    name: 'settings of a project',
    ways: [PHONE],
    prepare: withMonitor,
    pages: ({ stack: { shop } }) =>
      ['api-keys', 'members', 'notifications', 'monitors', 'wallboard', 'retention', 'masking'].map(
        (name) => ({
          path: `settings/${name}?project=${shop.id}`,
          last: '.settings-main .section-scope',
        }),
      ),
  },
  {
    name: 'the doors',
    ways: [PHONE],
    pages: () => [
      { path: 'welcome', last: '.steps form' },
      { path: 'login' },
      { path: 'invite/nothing' },
      { path: 'reset-password/whatever' },
      { path: 'tv', last: '#tv-code' },
    ],
  },
];

for (const { name, ways = [LARGE, PHONE], prepare, pages } of GROUPS) {
  for (const { width, order } of ways) {
    test(`nothing moves on ${name} at ${width} px, the ${order} answered first`, async ({
      owner: page,
      api,
      stack,
    }) => {
      await prepare?.(page, stack.shop.id);
      await page.setViewportSize({ width, height: 900 });
      await watch(page);
      for (const late of await pages({ page, api, stack })) {
        await openLate(page, { ...late, path: `/app/${late.path}` }, order);
        expect.soft(await moved(page), late.path).toEqual([]);
      }
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    });
  }
}

async function withMonitor(page: Page, project: string): Promise<void> {
  const monitor = {
    id: 'm',
    project_id: project,
    name: 'payments',
    url: 'https://payments.example.com/health',
    interval_seconds: 60,
    timeout_seconds: 10,
    expected_status: 200,
    certificate_warning_days: 14,
    enabled: true,
    last_status: 'down',
    status_since: at(-30),
    last_checked_at: at(-1),
    certificate_expires_at: null,
    created_at: at(-9_000),
    updated_at: at(-9_000),
  };
  const uptime = { uptime_percent: 97.9, up_seconds: 84_600, down_seconds: 1_800 };
  await answering(page, /\/v1\/monitors(\?|$)/, { data: [monitor] });
  await answering(page, /\/v1\/monitors\/m\/uptime/, {
    ...uptime,
    unknown_seconds: 0,
    outages: [],
  });
}

/** An incident that sentinel would take a minute to find. */
async function withIncident(page: Page, project: string): Promise<void> {
  const incident = {
    id: 'i',
    project_id: project,
    rule_id: 'gone',
    rule_type: 'error_rate',
    service_name: 'checkout',
    environment: 'production',
    subject: '',
    details: { error_count: 17, error_rate_pct: 42.5, threshold_pct: 20, total_count: 40 },
    started_at: at(-30),
    last_seen_at: at(-10),
    resolved_at: null,
    handling: { state: 'open', by: null, at: null, note: null, reopened_at: null },
  };
  const data = Array.from({ length: 60 }, (_, index) => ({
    at: at(index - 60),
    value: index % 50,
    baseline: null,
    threshold: 20,
    in_incident: index > 30,
  }));
  await answering(page, /\/v1\/anomaly\/incidents\/i$/, incident);
  await answering(page, /\/v1\/anomaly\/incidents\/i\/series$/, {
    unit: 'percent',
    bucket_seconds: 60,
    from: at(-60),
    to: at(0),
    rule_changed: true,
    data,
  });
  await answering(page, /\/v1\/anomaly\/incidents\?/, { data: [incident] });
}

/** Dead letters, and a replay of earlier ones. */
async function withLetters(page: Page, project: string): Promise<void> {
  const letter = {
    id: '1:3-1-0',
    reason: 'unmaskable',
    detail: 'request_body does not hold JSON',
    event_id: null,
    events: 1,
    project_id: project,
    service_name: 'checkout',
    replay: null,
    written_at: at(-60),
  };
  const reasons = [{ reason: 'unmaskable', letters: 1 }];
  await answering(page, /\/v1\/dead-letters\?/, { data: [letter], next_cursor: null, reasons });
  const replay = {
    id: '01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11',
    state: 'done',
    letters: 2,
    events: 1,
    lost: 1,
    problem: null,
    project_id: project,
    requested_at: at(-50),
    requested_by: 'Ada Lovelace',
    ended_at: at(-49),
  };
  await answering(page, /\/v1\/dead-letters\/replays/, { data: [replay] });
}

/** A report of this test, by id. */
async function report(api: Api, project: string): Promise<string> {
  const { id } = await api.post<{ id: string }>('/v1/reports', {
    project_id: project,
    name: 'Late',
    widgets: [
      { id: 'a', title: 'Events', viz: 'number', question: 'total' },
      { id: 'b', title: 'Volume', viz: 'line', question: 'volume' },
    ],
    layout: [
      { i: 'a', x: 0, y: 0, w: 4, h: 2 },
      { i: 'b', x: 4, y: 0, w: 8, h: 5 },
    ],
  });
  return id;
}
