// Addresses that are looked at, and what was seen.
import { queryOptions } from '@tanstack/react-query';
import { type Preset, bounds } from '../time/range';
import { answer, api } from './client';
import type { Monitor } from './model';
import type { components } from './schema.gen';

export type NewMonitor = components['schemas']['NewMonitor'];
export type MonitorChange = components['schemas']['MonitorChange'];
export type Check = components['schemas']['MonitorCheck'];
export type Uptime = components['schemas']['Uptime'];
export type Outage = components['schemas']['Outage'];

/** The most checks in one answer. */
export const MOST_CHECKS = 200;

/** By name, of a project or of all the reader may see; asked again, as their state changes by itself. */
export function monitorsQuery(project: string | undefined) {
  return queryOptions({
    queryKey: ['monitors', project ?? null],
    queryFn: async ({ signal }) => {
      const query = project === undefined ? {} : { project_id: project };
      return (await answer(api.GET('/v1/monitors', { params: { query }, signal }))).data;
    },
    refetchInterval: ({ state }) => state.data !== undefined && 10_000,
  });
}

export function createMonitor(body: NewMonitor) {
  return answer(api.POST('/v1/monitors', { body }));
}

export function changeMonitor(id: string, body: MonitorChange) {
  return answer(api.PUT('/v1/monitors/{id}', { params: { path: { id } }, body }));
}

export function deleteMonitor(id: string) {
  return answer(api.DELETE('/v1/monitors/{id}', { params: { path: { id } } }));
}

/** Looks there once, now. It counts for nothing. */
export function testMonitor({ id }: Monitor) {
  return answer(api.POST('/v1/monitors/{id}/test', { params: { path: { id } } }));
}

/** The last checks, the newest first. */
export function checksQuery(id: string) {
  return queryOptions({
    queryKey: ['monitor-checks', id],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { limit: MOST_CHECKS } };
      return (await answer(api.GET('/v1/monitors/{id}/history', { params, signal }))).data;
    },
    refetchInterval: 10_000,
  });
}

export function uptimeQuery(id: string, range: Preset) {
  return queryOptions({
    queryKey: ['monitor-uptime', id, range],
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: bounds({ range }, Date.now()) };
      return answer(api.GET('/v1/monitors/{id}/uptime', { params, signal }));
    },
    refetchInterval: 60_000,
  });
}
