// @vitest-environment jsdom
// A tab that is left open for days: however much arrives, what it holds stays within bounds.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EventSummary } from '../api/model';
import { MAX_ARRIVALS } from './merge';
import { useLiveEvents } from './useLiveEvents';

const PAGE = 100;
/** Come at once, again and again. */
const GROUP = 500;
const GROUPS = 40;
const BOUND = 2 * (MAX_ARRIVALS + PAGE);

const server = vi.hoisted(() => ({ stored: [] as { id: string; timestamp: string }[] }));
vi.mock('../api/client', () => ({
  api: {
    GET: async () => ({
      data: server.stored.slice(-100).reverse(),
      pagination: { page: 1, limit: 100, totalItems: 0, totalPage: 0, next_cursor: 'more' },
    }),
  },
  answer: (request: Promise<unknown>) => request,
}));

class Source extends EventTarget {
  static readonly CLOSED = 2;
  static current: Source | undefined;
  readyState = 1;
  onopen: (() => void) | undefined;
  constructor() {
    super();
    Source.current = this;
    setTimeout(() => this.onopen?.());
  }
  send(event: EventSummary) {
    if (this.readyState === Source.CLOSED) return;
    const message = { data: JSON.stringify(event), lastEventId: event.id };
    this.dispatchEvent(new MessageEvent('audit', message));
  }
  close() {
    this.readyState = Source.CLOSED;
  }
}

beforeEach(() => vi.stubGlobal('EventSource', Source));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  Source.current = undefined;
  server.stored.length = 0;
});

function store(): EventSummary {
  const at = server.stored.length;
  const event = { id: `e${at}`, timestamp: new Date(Date.UTC(2026, 0, 1) + at * 10).toISOString() };
  server.stored.push(event);
  return event as EventSummary;
}

/** The id of the newest. */
function arrive(): string {
  for (let at = 0; at < GROUP; at += 1) Source.current?.send(store());
  return `e${server.stored.length - 1}`;
}

async function open(paused: boolean) {
  for (let at = 0; at < PAGE; at += 1) store();
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const useList = (held: boolean) => useLiveEvents({}, held);
  const view = renderHook(useList, { wrapper, initialProps: paused });
  await waitFor(() => expect(view.result.current.events).toHaveLength(PAGE));
  await waitFor(() => expect(Source.current).toBeDefined());
  await waitFor(() => expect(view.result.current.status).toBe('live'));
  /** Rows in the list, rows that wait, and rows in the cache behind both. */
  const held = () =>
    client
      .getQueryCache()
      .getAll()
      .flatMap(({ state }) => (state.data as { pages: { data: unknown[] }[] } | undefined)?.pages)
      .reduce(
        (sum, page) => sum + (page?.data.length ?? 0),
        view.result.current.events.length + view.result.current.waiting,
      );
  return { view, held };
}

it('a list that is read live starts over before it grows too long, and shows the newest', async () => {
  const { view, held } = await open(false);
  let most = 0;
  for (let group = 0; group < GROUPS; group += 1) {
    const last = arrive();
    await waitFor(() => expect(view.result.current.events[0]?.id).toBe(last));
    most = Math.max(most, held());
  }
  expect(server.stored.length).toBeGreaterThan(3 * BOUND);
  expect(most).toBeLessThanOrEqual(BOUND);
  // It did grow: the bound is what kept it.
  expect(most).toBeGreaterThan(MAX_ARRIVALS);
});

it('a list that is paused holds no more, and shows the newest when it goes on', async () => {
  const { view, held } = await open(true);
  let most = 0;
  let last = '';
  for (let group = 0; group < GROUPS; group += 1) {
    last = arrive();
    const waiting = Math.min(MAX_ARRIVALS, (group + 1) * GROUP);
    await waitFor(() => expect(view.result.current.waiting).toBe(waiting));
    most = Math.max(most, held());
  }
  expect(view.result.current.events).toHaveLength(PAGE);
  expect(most).toBeLessThanOrEqual(BOUND);
  view.rerender(false);
  act(() => view.result.current.release());
  await waitFor(() => expect(view.result.current.events[0]?.id).toBe(last));
  expect(view.result.current.waiting).toBe(0);
  expect(held()).toBeLessThanOrEqual(BOUND);
});
