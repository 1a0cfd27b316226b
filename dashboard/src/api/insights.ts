// The most of everything: endpoints, users, errors, slowness.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { toQuery } from '../filters/query';
import type { Filters } from '../filters/search';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type Insights = components['schemas']['Insights'];
export type TopEndpoint = components['schemas']['TopEndpoint'];
export type TopUser = components['schemas']['TopUser'];
export type ErrorRoute = components['schemas']['ErrorRoute'];
export type SlowRoute = components['schemas']['SlowRoute'];
export type AffectedUser = components['schemas']['AffectedUser'];

/** `limit` entries of each list, 1 to 1,000. */
export function insightsQuery(filters: Filters, limit: number) {
  return queryOptions({
    queryKey: ['insights', filters, limit],
    queryFn: ({ signal }) => {
      const query = { ...toQuery(filters, Date.now()), limit };
      return answer(api.GET('/v1/audit/insights', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** The users who met an error among the events that match, those who met most first. */
export function affectedUsersQuery(filters: Filters) {
  return queryOptions({
    queryKey: ['affected-users', filters],
    queryFn: async ({ signal }) => {
      const query = { ...toQuery(filters, Date.now()), limit: 100 };
      return (await answer(api.GET('/v1/audit/affected-users', { params: { query }, signal })))
        .data;
    },
  });
}
