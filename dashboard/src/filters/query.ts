// From the page's filters to the API's parameters.
import type { ListQuery } from '../api/model';
import { bounds } from '../time/range';
import type { Filters, Scope } from './search';

export function toScopeQuery(scope: Scope, now: number) {
  return {
    ...given('project_id', scope.project),
    ...given('environment', scope.environment),
    ...bounds(scope, now),
  };
}

export function toListQuery(filters: Filters, now: number): ListQuery {
  return {
    ...toScopeQuery(filters, now),
    ...given('service_name', filters.service),
    ...given('method', filters.method),
    ...given('path', filters.path),
    ...given('identifier', filters.identifier),
    ...given('status_code', filters.status),
    ...given('status_class', filters.class),
    ...given('event_type', filters.type),
  };
}

/** The address of the live stream for the same filters. */
export function streamUrl(filters: Filters, cursor: string | undefined, now: number): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(toListQuery(filters, now))) {
    params.set(name, String(value));
  }
  if (cursor !== undefined) params.set('cursor', cursor);
  return `/v1/audit/stream?${params}`;
}

function given<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value };
}
