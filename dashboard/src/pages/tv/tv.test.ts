import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/errors';
import { readTvSearch } from './search';
import { ScreenEnded, ScreenSession } from './session';
import { REACH, placeAt } from './shift';
import { MOST_CHARS, SseParser } from './sse';
import { type BoardHandlers, retryMs, watchBoard } from './stream';
import { scriptOf } from './version';

const refused = () => new ApiError({ message: '', status: 401, code: 'BAT-005' });
const away = () => new ApiError({ message: '', status: 0, code: 'unreachable' });

describe('the reader of server-sent events', () => {
  const text =
    ': connected\n\nevent: summary\ndata: {"a":1}\n\nevent: feed\r\ndata: one\r\ndata: two\r\n\r\nid: 4\n\n';
  const messages = [
    { event: 'summary', data: '{"a":1}' },
    { event: 'feed', data: 'one\ntwo' },
  ];

  it('finds the same messages wherever the bytes are cut', () => {
    expect(new SseParser().push(text)).toEqual(messages);
    for (let at = 0; at <= text.length; at += 1) {
      const parser = new SseParser();
      const found = [...parser.push(text.slice(0, at)), ...parser.push(text.slice(at))];
      expect(found, `cut at ${at}`).toEqual(messages);
    }
    const parser = new SseParser();
    expect([...text].flatMap((each) => parser.push(each))).toEqual(messages);
  });

  it('holds no more than a message may be', () => {
    expect(() => new SseParser().push('x'.repeat(MOST_CHARS + 1))).toThrow();
    const parser = new SseParser();
    const line = `data: ${'x'.repeat(9_993)}\n`;
    expect(() => {
      for (let lines = 0; lines < 200; lines += 1) parser.push(line);
    }).toThrow();
  });
});

describe('the token of a screen', () => {
  const access = (access_token: string) => ({ access_token, expires_in: 3_600 });

  it('is fetched once, however many ask, and anew before it is over', async () => {
    let now = 0;
    let fetched = 0;
    const next = async () => access(`t${(fetched += 1)}`);
    const session = new ScreenSession(next, undefined, () => now);
    const ask = (token: string) => Promise.resolve(token);
    expect(await Promise.all([session.with(ask), session.with(ask)])).toEqual(['t1', 't1']);
    now = 3_530_000;
    expect(await session.with(ask)).toBe('t1');
    now = 3_541_000;
    expect(await session.with(ask)).toBe('t2');
  });

  it('is fetched anew when the server does not take it', async () => {
    const session = new ScreenSession(async () => access('new'), access('old'));
    const ask = (token: string) =>
      token === 'new' ? Promise.resolve('read') : Promise.reject(refused());
    expect(await session.with(ask)).toBe('read');
  });

  it('is over only when the server says so', async () => {
    const ask = () => Promise.resolve('read');
    const gone = new ScreenSession(() => Promise.reject(refused()));
    await expect(gone.with(ask)).rejects.toBeInstanceOf(ScreenEnded);
    const revoked = new ScreenSession(async () => access('new'), access('old'));
    await expect(revoked.with(() => Promise.reject(refused()))).rejects.toBeInstanceOf(ScreenEnded);

    let answers = false;
    const later = new ScreenSession(() =>
      answers ? Promise.resolve(access('new')) : Promise.reject(away()),
    );
    await expect(later.with(ask)).rejects.toBeInstanceOf(ApiError);
    answers = true;
    expect(await later.with(ask)).toBe('read');
  });
});

describe('the stream', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const bytes = (...pieces: string[]) => {
    const encoder = new TextEncoder();
    let send: (piece: string) => void = () => undefined;
    let end: () => void = () => undefined;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        send = (piece) => controller.enqueue(encoder.encode(piece));
        end = () => controller.close();
        pieces.forEach((piece) => send(piece));
      },
    });
    return { body, send: (piece: string) => send(piece), end: () => end() };
  };

  function listen() {
    const heard: string[] = [];
    const handlers: BoardHandlers = {
      onSummary: (summary) => heard.push(`summary ${summary.events_today}`),
      onFeed: (feed) => heard.push(`feed ${feed.data.length}`),
      onOpen: () => heard.push('open'),
      onLost: () => heard.push('lost'),
      onEnded: () => heard.push('ended'),
    };
    return { heard, handlers };
  }

  it('comes back after the server went away, and goes on', async () => {
    const { heard, handlers } = listen();
    const first = bytes('event: summary\ndata: {"events_today":1}\n\n');
    const second = bytes('event: feed\ndata: {"data":[]}\n\n');
    const answers = [
      () => Promise.resolve(first.body),
      () => Promise.reject(away()),
      () => Promise.resolve(second.body),
    ];
    const stop = watchBoard(() => (answers.shift() ?? (() => Promise.reject(away())))(), handlers);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(['open', 'summary 1']);
    first.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard.slice(2, 6)).toEqual(['lost', 'lost', 'open', 'feed 0']);
    stop();
  });

  it('gives a connection up on which nothing is heard', async () => {
    const { heard, handlers } = listen();
    const signals: AbortSignal[] = [];
    const open = (signal: AbortSignal) => {
      signals.push(signal);
      // What a dead connection does: nothing, until it is given up.
      return new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    };
    const stop = watchBoard(open, handlers);
    await vi.advanceTimersByTimeAsync(44_000);
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual(['lost']);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    stop();
    expect(signals.at(-1)?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(signals).toHaveLength(2);
  });

  it('ends with the screen', async () => {
    const { heard, handlers } = listen();
    const open = vi.fn(() => Promise.reject(new ScreenEnded()));
    watchBoard(open, handlers);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(heard).toEqual(['ended']);
    expect(open).toHaveBeenCalledOnce();
  });

  it('waits longer and longer, up to a bound, and as long as it is told to', () => {
    expect(retryMs(0, away(), 0.5)).toBe(1_000);
    expect(retryMs(3, away(), 0.5)).toBe(8_000);
    expect(retryMs(1_000, away(), 1)).toBe(36_000);
    const busy = new ApiError({ message: '', status: 429, code: '', retryAfterSeconds: 50 });
    expect(retryMs(0, busy, 0)).toBe(50_000);
  });
});

it('moves everything, a little at a time, and never far', () => {
  const places = Array.from({ length: 37 * 23 }, (_, step) => placeAt(step));
  expect(new Set(places.map(({ x }) => x)).size).toBeGreaterThan(12);
  expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBeGreaterThan(200);
  places.forEach(({ x, y }, step) => {
    expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(REACH);
    const next = placeAt(step + 1);
    expect(Math.max(Math.abs(next.x - x), Math.abs(next.y - y))).toBeLessThanOrEqual(4);
  });
});

it('knows the script of a page, and so a new version of it', () => {
  const page = (name: string) =>
    `<script src="/app/theme.js"></script><script type="module" crossorigin src="/app/assets/${name}"></script>`;
  expect(scriptOf(page('index-a.js'))).toBe('/app/assets/index-a.js');
  expect(scriptOf('<html>Bad gateway</html>')).toBeUndefined();
});

it('reads its address, and drops what makes no sense', () => {
  expect(readTvSearch({ view: 'grid', environment: 'production', project: 'p' })).toEqual({
    view: 'grid',
    environment: 'production',
    project: 'p',
  });
  expect(readTvSearch({ view: 'board', environment: ' ', project: 3 })).toEqual({});
});
