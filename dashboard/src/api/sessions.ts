// Where people are signed in, and how that ends.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';

export const sessionsQuery = queryOptions({
  queryKey: ['sessions', 'own'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/auth/sessions', { signal }))).data,
});

export function sessionsOfQuery(userId: string) {
  return queryOptions({
    queryKey: ['sessions', userId],
    queryFn: async ({ signal }) => {
      const params = { path: { id: userId } };
      return (await answer(api.GET('/v1/auth/users/{id}/sessions', { params, signal }))).data;
    },
  });
}

/** One of one's own, or of somebody one may manage. */
export function endSession(id: string) {
  return answer(api.DELETE('/v1/auth/sessions/{id}', { params: { path: { id } } }));
}

export function endOtherSessions() {
  return answer(api.DELETE('/v1/auth/sessions'));
}

export function endSessionsOf(userId: string) {
  return answer(api.DELETE('/v1/auth/users/{id}/sessions', { params: { path: { id: userId } } }));
}
