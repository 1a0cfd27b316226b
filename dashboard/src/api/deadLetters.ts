// What could never be stored, and a second chance for it.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type DeadLetter = components['schemas']['DeadLetter'];
export type ReasonCount = components['schemas']['ReasonCount'];
export type Replay = components['schemas']['Replay'];
export type NewReplay = components['schemas']['NewReplay'];
/** Those that were never replayed, the others, or both. */
export type LetterState = 'all' | 'waiting' | 'replayed';

export interface LetterFilter {
  project: string | undefined;
  reason: string | undefined;
  state: LetterState;
}

/** Pages of letters, the newest first. Only owners and auditors may leave the project out. */
export function deadLettersQuery({ project, reason, state }: LetterFilter) {
  return infiniteQueryOptions({
    queryKey: ['dead-letters', project ?? null, reason ?? null, state],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        state,
        ...(project === undefined ? {} : { project_id: project }),
        ...(reason === undefined ? {} : { reason }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return answer(api.GET('/v1/dead-letters', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });
}

/** The text of one letter, exactly as the server wrote it: what is left of an event is free-form. */
export function deadLetterQuery(id: string) {
  return queryOptions({
    queryKey: ['dead-letter', id],
    queryFn: ({ signal }) =>
      answer<string>(
        api.GET('/v1/dead-letters/{id}', { params: { path: { id } }, parseAs: 'text', signal }),
      ),
  });
}

/** While one is under way it is asked for often. */
export function replaysQuery(project: string | undefined) {
  return queryOptions({
    queryKey: ['dead-letter-replays', project ?? null],
    queryFn: async ({ signal }) => {
      const query = project === undefined ? {} : { project_id: project };
      return (await answer(api.GET('/v1/dead-letters/replays', { params: { query }, signal })))
        .data;
    },
    refetchInterval: ({ state }) =>
      state.data?.some((replay) => replay.state !== 'done') === true ? 1_000 : 30_000,
  });
}

export function replayLetters(body: NewReplay) {
  return answer(api.POST('/v1/dead-letters/replays', { body }));
}
