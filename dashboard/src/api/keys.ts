import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { NewApiKey } from './model';

export function keysQuery(projectId: string) {
  return queryOptions({
    queryKey: ['api-keys', projectId],
    queryFn: async ({ signal }) => {
      const query = { project_id: projectId };
      return (await answer(api.GET('/v1/auth/api-keys', { params: { query }, signal }))).data;
    },
  });
}

export function createKey(body: NewApiKey) {
  return answer(api.POST('/v1/auth/api-keys', { body }));
}

export function revokeKey(id: string) {
  return answer(api.DELETE('/v1/auth/api-keys/{id}', { params: { path: { id } } }));
}

/** Makes the successor; the old key works on for these hours. */
export function rotateKey(id: string, overlapHours: number) {
  const params = { path: { id } };
  const body = { overlap_hours: overlapHours };
  return answer(api.POST('/v1/auth/api-keys/{id}/rotate', { params, body }));
}
