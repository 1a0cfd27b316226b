// Every filter the API takes (docs/API.md), once: what it is called in an address, what the API calls
// it, and how its values are written. Each may be given several times, and negated.

export const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

interface Field {
  /** The API's parameter. */
  api: string;
  /** The value as the API takes it; nothing when it makes no sense. */
  read: (value: string) => string | undefined;
}

const text = (value: string) => value;

export const FIELDS = {
  service: { api: 'service_name', read: text },
  environment: { api: 'environment', read: text },
  class: {
    api: 'status_class',
    read: (value) => STATUS_CLASSES.find((name) => name === value),
  },
  status: {
    api: 'status_code',
    read: (value) => (/^[1-5]\d\d$/.test(value) ? value : undefined),
  },
  method: { api: 'method', read: (value) => value.toUpperCase() },
  route: { api: 'route', read: text },
  path: { api: 'path', read: text },
  prefix: { api: 'path_prefix', read: text },
  identifier: { api: 'identifier', read: text },
  user: { api: 'user_email', read: text },
  tenant: { api: 'tenant_id', read: text },
  ip: { api: 'ip', read: text },
  request: { api: 'request_id', read: text },
  session: { api: 'session_id', read: text },
  source: { api: 'source', read: text },
  type: { api: 'event_type', read: text },
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

/** `service` for "one of", `service!` for "none of". */
export type FieldKey = FieldName | `${FieldName}!`;
export const FIELD_KEYS: readonly FieldKey[] = FIELD_NAMES.flatMap(
  (name) => [name, `${name}!`] as const,
);

export function fieldOf(key: FieldKey): FieldName {
  return key.replace(/!$/, '') as FieldName;
}

export function isNegated(key: FieldKey): boolean {
  return key.endsWith('!');
}

/** The API's parameter for a key: `service!` is `service_name!`. */
export function parameterOf(key: FieldKey): string {
  return `${FIELDS[fieldOf(key)].api}${isNegated(key) ? '!' : ''}`;
}

/** The API refuses more values of one filter than this. */
export const MAX_VALUES = 100;
