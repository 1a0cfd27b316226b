// Rules of a project and what they found.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type AnomalyRule = components['schemas']['AnomalyRule'];
export type NewAnomalyRule = components['schemas']['NewAnomalyRule'];
export type AnomalyRuleChange = components['schemas']['AnomalyRuleChange'];
export type AnomalyIncident = components['schemas']['AnomalyIncident'];
/** Which incidents to list: those that are not over, or all. */
export type Which = 'open' | 'all';
export type DryRun = components['schemas']['DryRun'];
export type RuleType = components['schemas']['RuleType'];

/** The most incidents of a project in one answer. */
export const MOST_INCIDENTS = 500;

export function rulesQuery(projectId: string) {
  return queryOptions({
    queryKey: ['anomaly-rules', projectId],
    queryFn: ({ signal }) => {
      const query = { project_id: projectId };
      return answer(api.GET('/v1/anomaly/rules', { params: { query }, signal }));
    },
  });
}

/** The newest incidents of a project, at most `limit` (1 to 500) of them. */
export function incidentsQuery(projectId: string, state: Which, limit: number) {
  return queryOptions({
    queryKey: ['anomaly-incidents', projectId, state, limit],
    queryFn: async ({ signal }) => {
      const query = { project_id: projectId, state, limit };
      return (await answer(api.GET('/v1/anomaly/incidents', { params: { query }, signal }))).data;
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
}

export function createRule(body: NewAnomalyRule) {
  return answer(api.POST('/v1/anomaly/rules', { body }));
}

export function changeRule(id: string, body: AnomalyRuleChange) {
  return answer(api.PUT('/v1/anomaly/rules/{id}', { params: { path: { id } }, body }));
}

export function deleteRule(id: string) {
  return answer(api.DELETE('/v1/anomaly/rules/{id}', { params: { path: { id } } }));
}

/** What the rule would have told in the last seven days. Nothing is made. */
export function tryRule(body: NewAnomalyRule) {
  return answer(api.POST('/v1/anomaly/rules/dry-run', { body }));
}
