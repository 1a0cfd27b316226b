// Rules of a project and what they found.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type AnomalyRule = components['schemas']['AnomalyRule'];
export type NewAnomalyRule = components['schemas']['NewAnomalyRule'];
export type AnomalyRuleChange = components['schemas']['AnomalyRuleChange'];
export type AnomalyIncident = components['schemas']['AnomalyIncident'];
export type IncidentSeries = components['schemas']['IncidentSeries'];
export type HandlingState = components['schemas']['HandlingState'];
/** What a person does about an incident. */
export type Step = 'acknowledge' | 'resolve' | 'reopen';
/** Which incidents to list: those that are not over, those nobody looks after, or all. */
export type Which = 'open' | 'unhandled' | 'all';
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

export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: ['anomaly-incident', id],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/anomaly/incidents/{id}', { params: { path: { id } }, signal })),
    refetchInterval: 15_000,
  });
}

/** What the rule saw, minute by minute, around the incident. */
export function incidentSeriesQuery(id: string) {
  return queryOptions({
    queryKey: ['anomaly-incident', id, 'series'],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/anomaly/incidents/{id}/series', { params: { path: { id } }, signal })),
    staleTime: 60_000,
  });
}

/** Gives the incident as it is then. Without a note the one of before stays. */
export function handleIncident(id: string, step: Step, note: string) {
  const init = { params: { path: { id } }, body: note === '' ? {} : { note } };
  switch (step) {
    case 'acknowledge':
      return answer(api.POST('/v1/anomaly/incidents/{id}/acknowledge', init));
    case 'resolve':
      return answer(api.POST('/v1/anomaly/incidents/{id}/resolve', init));
    case 'reopen':
      return answer(api.POST('/v1/anomaly/incidents/{id}/reopen', init));
  }
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
