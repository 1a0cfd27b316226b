import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';

export function membersQuery(projectId: string) {
  return queryOptions({
    queryKey: ['members', projectId],
    queryFn: async ({ signal }) => {
      const path = { id: projectId };
      const request = api.GET('/v1/auth/projects/{id}/members', { params: { path }, signal });
      return (await answer(request)).data;
    },
    staleTime: 60_000,
  });
}
