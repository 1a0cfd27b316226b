// The SQL console: one SELECT at a time, what was asked before, and what was kept under a name.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type QueryResult = components['schemas']['QueryResult'];
export type PastQuery = components['schemas']['PastQuery'];
export type SavedQuery = components['schemas']['SavedQuery'];

/** A replica runs four queries at a time and refuses the fifth: what is asked from here waits instead. */
const AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Runs one SELECT over these projects: one, or all the reader may see. */
export async function runQuery(
  sql: string,
  projectId: string | undefined,
  signal?: AbortSignal,
): Promise<QueryResult> {
  if (running >= AT_ONCE) await turn(signal);
  else running += 1;
  try {
    signal?.throwIfAborted();
    const body = { sql, ...(projectId === undefined ? {} : { project_id: projectId }) };
    return await answer(api.POST('/v1/audit/query', { body, ...(signal ? { signal } : {}) }));
  } finally {
    // The place goes to who waits longest; it is free when nobody does.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

function turn(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => {
      signal?.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      waiting.splice(waiting.indexOf(go), 1);
      reject(signal?.reason as Error);
    };
    waiting.push(go);
    signal?.addEventListener('abort', leave, { once: true });
  });
}

export const queryHistoryQuery = queryOptions({
  queryKey: ['query-history'],
  queryFn: async ({ signal }) =>
    (await answer(api.GET('/v1/audit/query/history', { signal }))).data,
});

/** Is done also when the page goes meanwhile. */
export function clearQueryHistory() {
  return answer(api.DELETE('/v1/audit/query/history', { keepalive: true }));
}

export const savedQueriesQuery = queryOptions({
  queryKey: ['saved-queries'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/audit/query/saved', { signal }))).data,
});

export function saveQuery(body: { name: string; sql: string }) {
  return answer(api.POST('/v1/audit/query/saved', { body }));
}

export function changeSavedQuery(id: string, body: { name: string; sql: string }) {
  return answer(api.PUT('/v1/audit/query/saved/{id}', { params: { path: { id } }, body }));
}

export function deleteSavedQuery(id: string) {
  return answer(api.DELETE('/v1/audit/query/saved/{id}', { params: { path: { id } } }));
}
