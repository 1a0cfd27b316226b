// Browser events whose request no backend reported.
import { infiniteQueryOptions } from '@tanstack/react-query';
import { toQuery } from '../filters/query';
import type { Filters } from '../filters/search';
import { answer, api } from './client';

/** Pages of orphans, the newest first. One counts when it was stored `graceSeconds` ago. */
export function orphansQuery(filters: Filters, graceSeconds: number) {
  return infiniteQueryOptions({
    queryKey: ['orphans', filters, graceSeconds],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...toQuery(filters, Date.now()),
        grace_seconds: graceSeconds,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return answer(api.GET('/v1/audit/orphans', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}
