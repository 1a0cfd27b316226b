// What BatAudit itself writes beside the events it was sent. Lists show these, figures do not count them.
import { FIELD_KEYS, type FieldKey, fieldOf } from './fields';
import type { Filters } from './search';

export const OWN_TYPES: readonly string[] = [
  'system.alert',
  'system.alert.resolved',
  'system.audit',
  'system.healthcheck.up',
  'system.healthcheck.certificate',
  'system.healthcheck.down',
];

/** What an own event has as any other: its project's service and environment. */
const SHARED: readonly FieldKey[] = ['service', 'environment'];

/** Whether a list under these filters may hold own events beside those the figures count. */
export function mayHoldOwn(filters: Filters): boolean {
  if (filters.q !== undefined) return false;
  return FIELD_KEYS.every((key) => filters[key] === undefined || SHARED.includes(fieldOf(key)));
}
