// How the line is doing, what became of each hour's events, and what is stored (docs/PIPELINE.md).
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Range, bounds } from '../time/range';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type Pipeline = components['schemas']['Pipeline'];
export type LineState = components['schemas']['LineState'];
export type PausedProject = components['schemas']['PausedProject'];
export type Partition = components['schemas']['Partition'];
export type PipelineHours = components['schemas']['PipelineHours'];
export type ProjectCounts = components['schemas']['ProjectCounts'];
export type Reconciliation = components['schemas']['Reconciliation'];
export type LossIncident = components['schemas']['LossIncident'];
export type TableStorage = components['schemas']['TableStorage'];
export type ProjectStorage = components['schemas']['ProjectStorage'];
export type StorageTier = components['schemas']['StorageTier'];

/** Comparisons in a page of their list. */
export const COMPARISONS = 50;

function of(project: string | undefined) {
  return project === undefined ? {} : { project_id: project };
}

/** Sentinel looks every five seconds, and so does this. */
export function pipelineQuery(project: string | undefined) {
  return queryOptions({
    queryKey: ['pipeline', project ?? null],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/pipeline', { params: { query: of(project) }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
}

export function pipelineHoursQuery(project: string | undefined, range: Range) {
  return queryOptions({
    queryKey: ['pipeline', 'hours', project ?? null, range],
    queryFn: ({ signal }) => {
      const query = { ...of(project), ...bounds(range, Date.now()) };
      return answer(api.GET('/v1/pipeline/hours', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
}

/** The comparisons, the newest first; all of them, or those that did not agree. */
export function reconciliationsQuery(state: 'all' | 'differing') {
  return infiniteQueryOptions({
    queryKey: ['pipeline', 'reconciliations', state],
    queryFn: async ({ pageParam, signal }) => {
      const before = pageParam === null ? {} : { before: pageParam };
      const query = { state, limit: COMPARISONS, ...before };
      return (await answer(api.GET('/v1/pipeline/reconciliations', { params: { query }, signal })))
        .data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length < COMPARISONS ? null : (page.at(-1)?.from ?? null)),
    staleTime: 60_000,
  });
}

/** The latest 200, the newest first. */
export const lossesQuery = queryOptions({
  queryKey: ['pipeline', 'losses'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/pipeline/losses', { signal }))).data,
  refetchInterval: 60_000,
});

export function storageQuery(project: string | undefined) {
  return queryOptions({
    queryKey: ['pipeline', 'storage', project ?? null],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/pipeline/storage', { params: { query: of(project) }, signal })),
    staleTime: 60_000,
  });
}
