// The only place that talks to the network. Same origin, cookie session, one deadline per request.
import createClient from 'openapi-fetch';
import { common } from '../i18n/common';
import { fromException, fromResponse, nameOf } from './errors';
import type { paths } from './schema.gen';

const DEADLINE_MS = 30_000;

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  headers: { Accept: 'application/json' },
});

api.use({
  onRequest({ request }) {
    // Another site's form cannot set this header, so the server takes it as proof of our page.
    if (request.method !== 'GET') request.headers.set('X-Requested-With', 'bataudit');
    return new Request(request, {
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Gives the body of a 2xx answer; throws an ApiError for everything else. */
export async function answer<T>(request: Promise<Answer<T>>): Promise<T> {
  let settled: Answer<T>;
  try {
    settled = await request;
  } catch (cause) {
    // A query that was cancelled is not a failure: let TanStack Query recognise it.
    if (nameOf(cause) === 'AbortError') throw cause;
    await worded();
    throw fromException(cause);
  }
  if (settled.response.ok) return settled.data as T;
  await worded();
  throw fromResponse(settled.response, settled.error);
}

/** The first request may be answered before the texts that tell its failure are there. */
function worded(): Promise<void> {
  return common.load().catch(() => undefined);
}
