// Sessions of events: what one person did in one go. (Who is signed in here is session.ts.)
import { infiniteQueryOptions } from '@tanstack/react-query';
import { toQuery } from '../filters/query';
import type { Filters } from '../filters/search';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type EventSession = components['schemas']['EventSession'];
export type EventSessionDetail = components['schemas']['EventSessionDetail'];

const PAGE = 50;
const EVENTS_PAGE = 500;

/** Pages of sessions, those that began last first. */
export function eventSessionsQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ['event-sessions', filters],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...toQuery(filters, Date.now()),
        limit: PAGE,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return answer(api.GET('/v1/audit/sessions', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** One session with pages of its events, the oldest first. */
export function eventSessionQuery(id: string, projectId: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ['event-session', id, projectId],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: EVENTS_PAGE,
        ...(projectId === undefined ? {} : { project_id: projectId }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      const path = { session_id: id };
      return answer(
        api.GET('/v1/audit/sessions/{session_id}', { params: { path, query }, signal }),
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}
