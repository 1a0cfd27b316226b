import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/auth/projects', { signal }))).data,
  staleTime: 60_000,
});

export function createProject(body: { name: string; slug: string }) {
  return answer(api.POST('/v1/auth/projects', { body }));
}
