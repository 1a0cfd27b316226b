// What is kept of a project's events: for how long, what holds keep beyond that, and erasures.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type Retention = components['schemas']['Retention'];
export type Hold = components['schemas']['Hold'];
export type HoldFilter = components['schemas']['HoldFilter'];
export type NewHold = components['schemas']['NewHoldBody'];
export type Erasure = components['schemas']['Erasure'];
export type NewErasure = components['schemas']['NewErasureBody'];
export type SignedManifest = components['schemas']['SignedManifest'];

/** An erasure takes seconds to minutes. */
const LOOK_MS = 2_000;

const of = (id: string) => ({ path: { id } });

/** Days; `null` follows the installation. */
export function retentionQuery(projectId: string) {
  return queryOptions({
    queryKey: ['retention', projectId],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/projects/{id}/retention', { params: of(projectId), signal })),
  });
}

export function setRetention(projectId: string, body: Retention) {
  return answer(api.PUT('/v1/projects/{id}/retention', { params: of(projectId), body }));
}

/** Those in force and those released, the newest first. */
export function holdsQuery(projectId: string) {
  return queryOptions({
    queryKey: ['holds', projectId],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/v1/projects/{id}/holds', { params: of(projectId), signal }))).data,
  });
}

export function createHold(projectId: string, body: NewHold) {
  return answer(api.POST('/v1/projects/{id}/holds', { params: of(projectId), body }));
}

export function releaseHold(projectId: string, holdId: string) {
  const params = { path: { id: projectId, hold_id: holdId } };
  return answer(api.DELETE('/v1/projects/{id}/holds/{hold_id}', { params }));
}

/** The newest first; asked again until none is under way. */
export function erasuresQuery(projectId: string) {
  return queryOptions({
    queryKey: ['erasures', projectId],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/v1/projects/{id}/erasures', { params: of(projectId), signal }))).data,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status !== 'done') === true && LOOK_MS,
  });
}

export function createErasure(projectId: string, body: NewErasure) {
  return answer(api.POST('/v1/projects/{id}/erasures', { params: of(projectId), body }));
}

export function certificateQuery(projectId: string, erasureId: string) {
  return queryOptions({
    queryKey: ['erasure-certificate', projectId, erasureId],
    queryFn: ({ signal }) => {
      const params = { path: { id: projectId, erasure_id: erasureId } };
      const path = '/v1/projects/{id}/erasures/{erasure_id}/certificate' as const;
      return answer(api.GET(path, { params, signal }));
    },
    // What is signed does not change.
    staleTime: Infinity,
  });
}
