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

/** How many events there are of each value: counted one by one, so ask only when somebody looks. */
export function facetCountsQuery(filters: Filters) {
  return queryOptions({
    queryKey: ['facet-counts', filters],
    queryFn: async ({ signal }) => {
      const query = { ...toQuery(filters, Date.now()), limit: 100 };
      return (await answer(api.GET('/v1/audit/facets/counts', { params: { query }, signal })))
        .facets;
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** Events around one that share its request: what the browser and each service made of it. */
export function sameRequestQuery(
  request: string,
  project: string | undefined,
  at: string | undefined,
) {
  return queryOptions({
    queryKey: ['same-request', request, project ?? null],
    queryFn: async ({ signal }) => {
      const around = at === undefined ? {} : hourAround(Date.parse(at));
      const filters: Filters = { project, request: [request], ...around };
      const query = { ...toQuery(filters, Date.now()), limit: 20 };
      return (await answer(api.GET('/v1/audit', { params: { query }, signal }))).data;
    },
    staleTime: 60_000,
  });
}

/** The sides of a request may be told by clocks that differ, and a browser reports late. */
function hourAround(at: number): Pick<Filters, 'from' | 'to'> {
  const hour = 3_600_000;
  return { from: new Date(at - hour).toISOString(), to: new Date(at + hour).toISOString() };
}
