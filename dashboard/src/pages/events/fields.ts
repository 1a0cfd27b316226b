// Which field of an event is shown where, and which filter it can become.
import { type Filters, STATUS_CLASSES } from '../../filters/search';
import type { texts } from './texts.en';

/** Every field has a text of its own. */
export type FieldKeyOfEvent =
  Extract<keyof typeof texts, `field_${string}`> extends `field_${infer Key}` ? Key : never;

export interface FieldSpec {
  key: FieldKeyOfEvent;
  look?: 'time' | 'duration' | 'status' | 'project';
  filter?: (value: string) => Filters;
}

export const GROUPS: readonly {
  title: 'request' | 'who' | 'where';
  fields: readonly FieldSpec[];
}[] = [
  {
    title: 'request',
    fields: [
      { key: 'timestamp', look: 'time' },
      { key: 'original_timestamp' },
      { key: 'received_at', look: 'time' },
      { key: 'status_code', look: 'status', filter: byStatus },
      { key: 'method', filter: (value) => ({ method: [value] }) },
      { key: 'path', filter: (value) => ({ path: [value] }) },
      { key: 'route', filter: (value) => ({ route: [value] }) },
      { key: 'response_time', look: 'duration' },
      { key: 'error_message' },
      { key: 'request_id', filter: (value) => ({ request: [value] }) },
    ],
  },
  {
    title: 'who',
    fields: [
      { key: 'identifier', filter: (value) => ({ identifier: [value] }) },
      { key: 'user_name' },
      { key: 'user_email', filter: (value) => ({ user: [value] }) },
      { key: 'user_type' },
      { key: 'tenant_id', filter: (value) => ({ tenant: [value] }) },
      { key: 'session_id', filter: (value) => ({ session: [value] }) },
      { key: 'ip', filter: (value) => ({ ip: [value] }) },
      { key: 'user_agent' },
    ],
  },
  {
    title: 'where',
    fields: [
      { key: 'service_name', filter: (value) => ({ service: [value] }) },
      { key: 'environment', filter: (value) => ({ environment: [value] }) },
      { key: 'source', filter: (value) => ({ source: [value] }) },
      { key: 'event_type', filter: (value) => ({ type: [value] }) },
      { key: 'project_id', look: 'project', filter: (project) => ({ project }) },
    ],
  },
];

export const BODIES: readonly { key: FieldKeyOfEvent }[] = [
  { key: 'request_body' },
  { key: 'response_body' },
  { key: 'query_params' },
  { key: 'path_params' },
  { key: 'user_roles' },
];

/** Keys the drawer lays out by hand; whatever else an event has is listed after them. */
export const KNOWN = new Set<string>([
  'id',
  ...GROUPS.flatMap(({ fields }) => fields.map(({ key }) => key)),
  ...BODIES.map(({ key }) => key),
]);

function byStatus(value: string): Filters {
  const isCode = STATUS_CLASSES.some((name) => name[0] === value[0]) && value.length === 3;
  return isCode ? { status: [value], class: undefined } : {};
}
