// Keeps the stream of a screen open, for days: it comes back after whatever ended it.
import { ApiError } from '../../api/errors';
import type { Feed, Summary } from '../../api/wallboard';
import { ScreenEnded } from './session';
import { SseParser } from './sse';

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

export interface BoardHandlers {
  onSummary: (summary: Summary) => void;
  onFeed: (feed: Feed) => void;
  /** Connected, for the first time or again. */
  onOpen: () => void;
  onLost: () => void;
  onEnded: () => void;
}

/** The server says something every 15 s. Nothing for so long: the connection is dead. */
const SILENT_MS = 45_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** How long to wait before the next attempt. `chance` (0 to 1) keeps many screens from coming at once. */
export function retryMs(failures: number, error: unknown, chance: number): number {
  const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  const grown = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  return Math.max(asked, Math.round(grown * (0.8 + 0.4 * chance)));
}

/** Watches a board until the returned function is called, or the screen is ended. */
export function watchBoard(
  open: (signal: AbortSignal) => Promise<Bytes>,
  handlers: BoardHandlers,
): () => void {
  const stop = new AbortController();
  void keepOpen(open, handlers, stop.signal);
  return () => stop.abort();
}

async function keepOpen(
  open: (signal: AbortSignal) => Promise<Bytes>,
  handlers: BoardHandlers,
  stopped: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!stopped.aborted) {
    let failure: unknown;
    try {
      await readOnce(open, handlers, stopped, () => (failures = 0));
    } catch (error) {
      failure = error;
    }
    if (stopped.aborted) return;
    if (failure instanceof ScreenEnded) return handlers.onEnded();
    handlers.onLost();
    await pause(retryMs(failures, failure, Math.random()), stopped);
    failures += 1;
  }
}

/** Reads one connection to its end. */
async function readOnce(
  open: (signal: AbortSignal) => Promise<Bytes>,
  handlers: BoardHandlers,
  stopped: AbortSignal,
  onSound: () => void,
): Promise<void> {
  const attempt = new AbortController();
  const signal = AbortSignal.any([stopped, attempt.signal]);
  const isDead = () => attempt.abort();
  let watch = setTimeout(isDead, SILENT_MS);
  try {
    const reader = (await open(signal)).getReader();
    handlers.onOpen();
    const [text, parser] = [new TextDecoder(), new SseParser()];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(isDead, SILENT_MS);
      onSound();
      for (const { event, data } of parser.push(text.decode(value, { stream: true }))) {
        if (event === 'summary') handlers.onSummary(JSON.parse(data) as Summary);
        if (event === 'feed') handlers.onFeed(JSON.parse(data) as Feed);
      }
    }
  } finally {
    clearTimeout(watch);
    attempt.abort();
  }
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stopped.addEventListener('abort', end);
  });
}
