// Which field of an event is shown where, and which filter it can become.
import { STATUS_CLASSES, type Filters } from '../../filters/search';

export interface FieldSpec {
  key: string;
  label: string;
  look?: 'time' | 'duration' | 'status';
  filter?: (value: string) => Filters;
}

export const GROUPS: readonly { title: string; fields: readonly FieldSpec[] }[] = [
  {
    title: 'Request',
    fields: [
      { key: 'timestamp', label: 'Time', look: 'time' },
      { key: 'original_timestamp', label: 'Time as sent' },
      { key: 'received_at', label: 'Received', look: 'time' },
      { key: 'status_code', label: 'Status', look: 'status', filter: byStatus },
      { key: 'method', label: 'Method', filter: (method) => ({ method }) },
      { key: 'path', label: 'Path', filter: (path) => ({ path }) },
      { key: 'route', label: 'Route' },
      { key: 'response_time', label: 'Duration', look: 'duration' },
      { key: 'error_message', label: 'Error' },
      { key: 'request_id', label: 'Request id' },
    ],
  },
  {
    title: 'Who',
    fields: [
      { key: 'identifier', label: 'Identifier', filter: (identifier) => ({ identifier }) },
      { key: 'user_name', label: 'Name' },
      { key: 'user_email', label: 'E-mail' },
      { key: 'user_type', label: 'Kind of user' },
      { key: 'tenant_id', label: 'Tenant' },
      { key: 'session_id', label: 'Session' },
      { key: 'ip', label: 'IP address' },
      { key: 'user_agent', label: 'User agent' },
    ],
  },
  {
    title: 'Where',
    fields: [
      { key: 'service_name', label: 'Service', filter: (service) => ({ service }) },
      { key: 'environment', label: 'Environment', filter: (environment) => ({ environment }) },
      { key: 'source', label: 'Source' },
      { key: 'event_type', label: 'Type', filter: (type) => ({ type }) },
      { key: 'project_id', label: 'Project', filter: (project) => ({ project }) },
    ],
  },
];

export const BODIES: readonly { key: string; label: string }[] = [
  { key: 'request_body', label: 'Request body' },
  { key: 'response_body', label: 'Response body' },
  { key: 'query_params', label: 'Query parameters' },
  { key: 'path_params', label: 'Path parameters' },
  { key: 'user_roles', label: 'Roles' },
];

/** Keys the drawer lays out by hand; whatever else an event has is listed after them. */
export const KNOWN = new Set([
  'id',
  ...GROUPS.flatMap(({ fields }) => fields.map(({ key }) => key)),
  ...BODIES.map(({ key }) => key),
]);

function byStatus(value: string): Filters {
  const isCode = STATUS_CLASSES.some((name) => name[0] === value[0]) && value.length === 3;
  return isCode ? { status: Number(value), class: undefined } : {};
}
