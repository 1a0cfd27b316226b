// Reports: named sets of widgets and where they stand. What a widget says is pages/studio's business.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type Report = components['schemas']['Report'];
/** What the API keeps of a report, as it is sent. */
export type ReportContent = Pick<Report, 'name' | 'widgets' | 'layout'>;

/** Of one project, or all the reader may see; the newest change first. */
export function reportsQuery(projectId: string | undefined) {
  return queryOptions({
    queryKey: ['reports', projectId],
    queryFn: async ({ signal }) => {
      const query = projectId === undefined ? {} : { project_id: projectId };
      return (await answer(api.GET('/v1/reports', { params: { query }, signal }))).data;
    },
  });
}

export function reportQuery(id: string) {
  return queryOptions({
    queryKey: ['report', id],
    queryFn: ({ signal }) => fetchReport(id, signal),
    // What is being edited must not change under the hand.
    staleTime: Infinity,
    gcTime: 0,
  });
}

export function fetchReport(id: string, signal?: AbortSignal) {
  const params = { path: { id } };
  return answer(api.GET('/v1/reports/{id}', { params, ...(signal ? { signal } : {}) }));
}

/** Only the owner makes one of no project. */
export function createReport(projectId: string | undefined, content: ReportContent) {
  const body = { ...content, ...(projectId === undefined ? {} : { project_id: projectId }) };
  return answer(api.POST('/v1/reports', { body }));
}

export function replaceReport(id: string, body: ReportContent) {
  return answer(api.PUT('/v1/reports/{id}', { params: { path: { id } }, body }));
}

export function deleteReport(id: string) {
  return answer(api.DELETE('/v1/reports/{id}', { params: { path: { id } } }));
}
