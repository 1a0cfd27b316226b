// From the page's filters to the API's parameters.
import type { FilterQuery } from '../api/model';
import { bounds } from '../time/range';
import { FIELD_KEYS, parameterOf } from './fields';
import type { Filters } from './search';

/** The parameters every route that reads events takes. */
export function toQuery(filters: Filters, now: number): FilterQuery {
  const fields = FIELD_KEYS.flatMap((key) => {
    const values = filters[key];
    return values === undefined ? [] : [[parameterOf(key), values]];
  });
  return {
    ...(filters.project === undefined ? {} : { project_id: filters.project }),
    ...(filters.q === undefined ? {} : { q: filters.q }),
    // The generated type has numbers for status codes; in an address every value is text.
    ...(Object.fromEntries(fields) as Partial<FilterQuery>),
    ...bounds(filters, now),
  };
}

/** The same as the search part of an address, for what is not fetched: the stream and downloads. */
export function toParams(filters: Filters, now: number): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(toQuery(filters, now))) {
    for (const each of [value].flat()) params.append(name, String(each));
  }
  return params;
}

/** The address of the live stream for the same filters. */
export function streamUrl(filters: Filters, cursor: string | undefined, now: number): string {
  const params = toParams(filters, now);
  if (cursor !== undefined) params.set('cursor', cursor);
  return `/v1/audit/stream?${params}`;
}
