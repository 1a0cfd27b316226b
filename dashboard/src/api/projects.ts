import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { meQuery } from './session';

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/auth/projects', { signal }))).data,
  staleTime: 60_000,
});

export function createProject(body: { name: string; slug: string }) {
  return answer(api.POST('/v1/auth/projects', { body }));
}

/** Asks anew for what a new project changes: the list of them, and what its maker may do. */
export function projectMade(client: QueryClient): Promise<unknown> {
  const changed = [projectsQuery.queryKey, meQuery.queryKey];
  return Promise.all(changed.map((queryKey) => client.invalidateQueries({ queryKey })));
}

/** What is left out stays as it is. */
export function changeProject(id: string, body: { name?: string; archived?: boolean }) {
  return answer(api.PATCH('/v1/auth/projects/{id}', { params: { path: { id } }, body }));
}

/** Keeps what people did in BatAudit itself: no application writes to it, and it is never archived. */
export const OWN_PROJECT = '98ccfe62-8699-46be-8f45-4c3a99d1e1b2';
