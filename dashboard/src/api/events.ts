// Reading events. Relative ranges are resolved when the request is made, so a refetch moves on.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Filters } from '../filters/search';
import { toQuery } from '../filters/query';
import { answer, api } from './client';

export const PAGE_SIZE = 100;

/** Pages of the event list, newest first, by cursor. */
export function eventsQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ['events', filters],
    queryFn: ({ pageParam, signal }) => fetchEvents(filters, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.pagination.next_cursor ?? null,
    // Live arrival keeps the list fresh; a refetch would reload every page scrolled through.
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

export function fetchEvents(filters: Filters, cursor: string | null, signal?: AbortSignal) {
  const query = {
    ...toQuery(filters, Date.now()),
    limit: PAGE_SIZE,
    ...(cursor === null ? {} : { cursor }),
  };
  return answer(api.GET('/v1/audit', { params: { query }, ...(signal ? { signal } : {}) }));
}

/** The text of one event, exactly as the server wrote it: see src/json for why not an object. */
export function eventQuery(id: string) {
  return queryOptions({
    queryKey: ['event', id],
    queryFn: ({ signal }) =>
      answer<string>(
        api.GET('/v1/audit/{id}', { params: { path: { id } }, parseAs: 'text', signal }),
      ),
    // A stored event never changes.
    staleTime: Infinity,
  });
}

/** The figures of the same events the list shows. */
export function statsQuery(filters: Filters) {
  return queryOptions({
    queryKey: ['stats', filters],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/audit/stats', { params: { query: toQuery(filters, Date.now()) }, signal }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
}

/** The values seen under these filters, for choosing further ones. */
export function facetsQuery(filters: Filters) {
  return queryOptions({
    queryKey: ['facets', filters],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/audit/facets', { params: { query: toQuery(filters, Date.now()) }, signal }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}
