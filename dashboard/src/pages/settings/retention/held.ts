// What a hold holds, in the words of the filters: one value a field, and bounds of time.
import type { HoldFilter } from '../../../api/keeping';
import { FIELDS, type FieldName } from '../../../filters/fields';
import type { Filters } from '../../../filters/search';

/** The fields a hold can ask for. */
export const HOLD_FIELDS = [
  'identifier',
  'user',
  'service',
  'environment',
  'tenant',
  'session',
  'request',
  'prefix',
] as const satisfies FieldName[];
export type HoldField = (typeof HOLD_FIELDS)[number];

export interface Held {
  values: Partial<Record<HoldField, string>>;
  /** RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
}

/** As the API writes it. */
export function filterOf({ values }: Held): HoldFilter {
  return Object.fromEntries(
    HOLD_FIELDS.flatMap((field) => {
      const value = values[field]?.trim() ?? '';
      return value === '' ? [] : [[FIELDS[field].api, value]];
    }),
  );
}

export function heldOf(
  filter: HoldFilter,
  from: string | null | undefined,
  to: string | null | undefined,
): Held {
  const values = HOLD_FIELDS.flatMap((field) => {
    const value = filter[FIELDS[field].api] ?? '';
    return value === '' ? [] : [[field, value]];
  });
  return { values: Object.fromEntries(values), from: from ?? undefined, to: to ?? undefined };
}

/** The same events on the Events page; without bounds those of the last 30 days. */
export function eventsOf(projectId: string, held: Held): Filters {
  const fields = Object.entries(held.values).flatMap(([field, value]) =>
    value.trim() === '' ? [] : [[field, [value.trim()]]],
  );
  const bounded = held.from !== undefined || held.to !== undefined;
  return {
    project: projectId,
    ...Object.fromEntries(fields),
    ...(bounded ? { from: held.from, to: held.to } : { range: '30d' }),
  };
}
