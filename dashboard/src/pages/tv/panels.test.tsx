// @vitest-environment jsdom
// What stands on a wall tells by itself whether it is on its way, old, or not to be had.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import type { ReactElement } from 'react';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/errors';
import * as server from '../../api/wallboard';
import { Alerts } from './Alerts';
import { Dashboard } from './Dashboard';
import { GridView } from './GridView';
import { ScreenSession } from './session';
import { tvTexts } from './texts';

vi.mock('../../api/wallboard');

const QUIET = { summary: undefined, toldAt: undefined, lostAt: undefined };
const session = new ScreenSession(async () => ({ access_token: 't', expires_in: 3_600 }));
const part = {};
const board = <Dashboard session={session} part={part} live={{ ...QUIET, feed: { data: [] } }} />;
const SIGN = /^Not up to date since \d\d:\d\d$/;
const MISSING = 'Could not be loaded. It is tried again.';
const at = '2026-01-01T00:00:00Z';

/** Each question: what answers it, where its answer is shown, and how that is known. */
const QUESTIONS: [string, keyof typeof ANSWERS, ReactElement, string | RegExp][] = [
  ['the volume', 'screenVolume', board, /at most 7 in 5 min/],
  ['the monitors', 'screenMonitors', board, 'Front page'],
  ['the errors', 'screenErrorRoutes', board, '/pay'],
  ['the alerts', 'screenAlerts', <Alerts session={session} part={part} />, /Error rate/],
  ['the projects', 'screenGrid', <GridView session={session} part={part} />, 'Web shop'],
];
const ANSWERS = {
  screenVolume: [{ bucket: at, count: 7 }],
  screenMonitors: [
    { name: 'Front page', url: 'https://shop.test/', last_status: 'up', response_ms: 4 },
  ],
  screenErrorRoutes: [{ method: 'POST', path: '/pay', error_count: 3, error_rate: 50 }],
  screenAlerts: [
    { rule_type: 'error_rate', service_name: 'checkout', environment: 'live', timestamp: at },
  ],
  screenGrid: [
    {
      project_id: 'p',
      project_name: 'Web shop',
      events_today: 1,
      errors_4xx: 0,
      errors_5xx: 0,
      down_monitors: 0,
      avg_response_ms: 3,
    },
  ],
};

const down = () => Promise.reject(new ApiError({ message: 'no', status: 500, code: 'x' }));
let client: QueryClient;

beforeAll(() => tvTexts.load());
beforeEach(() => {
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  for (const [name, data] of Object.entries(ANSWERS)) {
    vi.mocked(server[name as keyof typeof ANSWERS]).mockResolvedValue(data as never);
  }
});
afterEach(() => {
  cleanup();
  client.clear();
});

const show = (what: ReactElement) =>
  render(<QueryClientProvider client={client}>{what}</QueryClientProvider>);
const again = () => act(() => client.refetchQueries());
const loading = () => screen.queryAllByRole('status', { name: 'Loading' });

it.each(QUESTIONS)(
  '%s: what is known stays, and says when it is old',
  async (_, name, what, shown) => {
    show(what);
    await screen.findByText(shown);
    expect(screen.queryByText(SIGN)).toBeNull();
    vi.mocked(server[name]).mockImplementation(down);
    await again();
    expect(await screen.findAllByText(SIGN)).toHaveLength(1);
    expect(screen.getByText(shown)).toBeTruthy();
    vi.mocked(server[name]).mockResolvedValue(ANSWERS[name] as never);
    await again();
    await waitFor(() => expect(screen.queryByText(SIGN)).toBeNull());
  },
);

it.each(QUESTIONS)('%s: what never came is not shown as nothing', async (_, name, what, shown) => {
  vi.mocked(server[name]).mockImplementation(down);
  show(what);
  expect(await screen.findAllByText(MISSING)).toHaveLength(1);
  expect(loading()).toHaveLength(0);
  vi.mocked(server[name]).mockResolvedValue(ANSWERS[name] as never);
  await again();
  expect(await screen.findByText(shown)).toBeTruthy();
  expect(screen.queryByText(MISSING)).toBeNull();
});

it('holds a place for each answer until it comes', async () => {
  show(board);
  expect(loading()).toHaveLength(3);
  await screen.findByText('Front page');
  expect(loading()).toHaveLength(0);
  cleanup();
  show(<Dashboard session={session} part={part} live={{ ...QUIET, feed: undefined }} />);
  expect(loading()).toHaveLength(1);
});
