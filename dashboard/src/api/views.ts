// Saved views of the Events page: a name, and the search of its address.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';

/** Those of the reader and those shared with them, by name; of a project, or of all they may see. */
export function viewsQuery(project: string | undefined) {
  const query = project === undefined ? {} : { project_id: project };
  return queryOptions({
    queryKey: ['views', project ?? null],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/v1/views', { params: { query }, signal }))).data,
    staleTime: 60_000,
  });
}

export interface ViewContent {
  name: string;
  search: string;
  shared: boolean;
}

/** Without a project it is a view over all projects, which nobody else sees. */
export function saveView(project: string | undefined, body: ViewContent) {
  return answer(api.POST('/v1/views', { body: { ...body, project_id: project ?? null } }));
}

export function replaceView(id: string, body: ViewContent) {
  return answer(api.PUT('/v1/views/{id}', { params: { path: { id } }, body }));
}

export function removeView(id: string) {
  return answer(api.DELETE('/v1/views/{id}', { params: { path: { id } } }));
}
