import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventSummary } from '../api/model';
import { connect } from './connection';
import { MAX_ARRIVALS, NO_ARRIVALS, gather, merge } from './merge';

function event(id: string, second: number): EventSummary {
  return {
    id,
    timestamp: new Date(Date.UTC(2026, 10, 23, 12, 0, second)).toISOString(),
  } as EventSummary;
}

const ids = (events: readonly EventSummary[]) => events.map(({ id }) => id);

describe('merge', () => {
  it('shows every event once, newest first', () => {
    const fetched = [event('c', 30), event('a', 10)];
    const arrived = [event('d', 40), event('c', 30), event('b', 20)];
    expect(ids(merge(fetched, arrived, true))).toEqual(['d', 'c', 'b', 'a']);
  });

  it('puts what is late where it belongs, and fetched rows stay as they came', () => {
    const fetched = [event('e', 50), event('c', 30), event('a', 10)];
    const arrived = [event('d', 40), event('f', 60), event('b', 20), event('b', 20)];
    expect(ids(merge(fetched, arrived, true))).toEqual(['f', 'e', 'd', 'c', 'b', 'a']);
    expect(merge(fetched, [], true)).toBe(fetched);
  });

  it('leaves late events to the page they belong to', () => {
    const late = event('late', 5);
    expect(ids(merge([event('a', 10)], [late], false))).toEqual(['a']);
    expect(ids(merge([event('a', 10)], [late], true))).toEqual(['a', 'late']);
  });
});

describe('gather', () => {
  it('puts the latest arrival first and ignores what is known', () => {
    const kept = { rows: [event('b', 20)], cut: false };
    const arrived = [
      event('a', 10),
      event('b', 20),
      event('c', 30),
      event('d', 40),
      event('d', 40),
    ];
    const { rows, cut } = gather(kept, arrived, (id) => id === 'a');
    expect([ids(rows), cut]).toEqual([['d', 'c', 'b'], false]);
    expect(gather(kept, [event('b', 20)], () => false)).toBe(kept);
  });

  it('keeps the newest of too many, and says so from then on', () => {
    const many = Array.from({ length: MAX_ARRIVALS + 5 }, (_, index) => event(`e${index}`, 0));
    const kept = gather(NO_ARRIVALS, many, () => false);
    expect([kept.rows.length, kept.rows[0]?.id, kept.cut]).toEqual([
      MAX_ARRIVALS,
      many.at(-1)?.id,
      true,
    ]);
    expect(gather({ rows: [], cut: true }, [event('a', 1)], () => false).cut).toBe(true);
  });
});

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 1;
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;
  close = vi.fn();
  constructor(readonly url: string) {
    super();
    FakeSource.opened.push(this);
  }
  send(data: string, lastEventId: string) {
    this.dispatchEvent(new MessageEvent('audit', { data, lastEventId }));
  }
  refuse() {
    this.readyState = FakeSource.CLOSED;
    this.onerror?.();
  }
}

describe('connect', () => {
  const onEvents = vi.fn();
  const onState = vi.fn();
  const onOpen = vi.fn();
  const onSkipped = vi.fn();
  const onRefused = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    FakeSource.opened = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.clearAllMocks();
  });

  function start() {
    return connect((cursor) => `/stream?${cursor ?? ''}`, {
      onEvents,
      onState,
      onOpen,
      onSkipped,
      onRefused,
    });
  }

  it('hands a burst over at once and skips what is not JSON', () => {
    start();
    const source = FakeSource.opened[0];
    source?.onopen?.();
    source?.send('{"id":"a"}', '1');
    source?.send('<html>', '');
    source?.send('{"id":"b"}', '2');
    vi.advanceTimersByTime(200);
    expect(onEvents.mock.calls).toEqual([[[{ id: 'a' }, { id: 'b' }]]]);
    expect(onState.mock.calls).toEqual([['connecting'], ['live']]);
    expect(onOpen).toHaveBeenCalledTimes(1);
  });

  it('tells when the stream left events out', () => {
    start();
    FakeSource.opened[0]?.dispatchEvent(new Event('skipped'));
    expect(onSkipped).toHaveBeenCalledTimes(1);
  });

  it('tells when the server refuses it, and not when it breaks off', () => {
    start();
    FakeSource.opened[0]?.onopen?.();
    FakeSource.opened[0]?.refuse();
    expect(onRefused).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    FakeSource.opened.at(-1)?.refuse();
    expect(onRefused).toHaveBeenCalledTimes(1);
  });

  it('gives up a cursor the server refuses', () => {
    start();
    FakeSource.opened[0]?.send('{"id":"a"}', 'c7');
    FakeSource.opened[0]?.refuse();
    vi.advanceTimersByTime(60_000);
    FakeSource.opened.at(-1)?.refuse();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.opened.at(-1)?.url).toBe('/stream?');
  });

  it('reopens after a refusal, from the last cursor, ever more slowly', () => {
    const stop = start();
    FakeSource.opened[0]?.onopen?.();
    FakeSource.opened[0]?.send('{"id":"a"}', 'c7');
    FakeSource.opened[0]?.refuse();
    vi.advanceTimersByTime(1_000);
    expect(FakeSource.opened.map(({ url }) => url)).toEqual(['/stream?', '/stream?c7']);
    FakeSource.opened[1]?.refuse();
    vi.advanceTimersByTime(1_000);
    expect(FakeSource.opened).toHaveLength(2);
    vi.advanceTimersByTime(1_000);
    expect(FakeSource.opened).toHaveLength(3);
    stop();
    expect(FakeSource.opened[2]?.close).toHaveBeenCalled();
  });
});
