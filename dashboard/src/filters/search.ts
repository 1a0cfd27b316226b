// The URL is the only place filters live. This file reads and writes its search part: flat, human
// names and plain values, so that a link can be read aloud, edited by hand and pasted to a colleague.
// A filter with several values stands there several times, a negated one with `!` after its name:
// `?service=pay&service=cart&status!=404`.
import { type Preset, isPreset } from '../time/range';
import { FIELDS, FIELD_KEYS, type FieldKey, MAX_VALUES, fieldOf } from './fields';

export { STATUS_CLASSES, type StatusClass } from './fields';

/** What follows the reader from page to page. */
export interface Scope {
  project?: string | undefined;
  environment?: readonly string[] | undefined;
  range?: Preset | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** All filters. A field has its values under its key, those it must not have under `key!`. */
export type Filters = Scope & { q?: string | undefined } & {
  [Key in FieldKey]?: readonly string[] | undefined;
};

export type Raw = Record<string, unknown>;

export function readScope(raw: Raw): Scope {
  return compact({
    project: text(raw['project']),
    environment: values('environment', raw['environment']),
    range: isPreset(raw['range']) ? raw['range'] : undefined,
    from: time(raw['from']),
    to: time(raw['to']),
  });
}

/** Reads every filter. What makes no sense is dropped, never passed on. */
export function readFilters(raw: Raw): Filters {
  const fields = FIELD_KEYS.map((key) => [key, values(key, raw[key])]);
  return compact({ ...readScope(raw), q: text(raw['q']), ...Object.fromEntries(fields) });
}

/** The filters of a page's search, without what only concerns the page. */
export function filtersOf(search: Filters): Filters {
  return readFilters({ ...search });
}

/** Whether anything but project and time narrows. */
export function isNarrowed(filters: Filters): boolean {
  return filters.q !== undefined || FIELD_KEYS.some((key) => filters[key] !== undefined);
}

/** One more value of a field. It is taken out of the opposite, which it would contradict. */
export function withValue(filters: Filters, key: FieldKey, value: string): Filters {
  const opposite = (key.endsWith('!') ? fieldOf(key) : `${key}!`) as FieldKey;
  const found = filters[key] ?? [];
  return {
    [key]: found.includes(value) ? found : [...found, value],
    [opposite]: without(filters[opposite], value),
  };
}

export function withoutValue(filters: Filters, key: FieldKey, value: string): Filters {
  return { [key]: without(filters[key], value) };
}

/** The same page with every filter cleared: to be merged over a search. */
export function cleared(): Filters {
  const fields = Object.fromEntries(FIELD_KEYS.map((key) => [key, undefined]));
  return { ...fields, q: undefined, range: undefined, from: undefined, to: undefined };
}

export function parseSearch(search: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const before = Object.hasOwn(found, name) ? found[name] : undefined;
    found[name] = before === undefined ? value : [...[before].flat(), value];
  }
  return found;
}

export function stringifySearch(search: Raw): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null && each !== '') params.append(name, String(each));
    }
  }
  // `!` needs no escape in a query, and the address stays readable.
  const text = params.toString().replaceAll('%21=', '!=');
  return text === '' ? '' : `?${text}`;
}

function values(key: FieldKey, raw: unknown): readonly string[] | undefined {
  const { read } = FIELDS[fieldOf(key)];
  const found = (Array.isArray(raw) ? raw : [raw]).flatMap((each) => {
    const value = text(each);
    const known = value === undefined ? undefined : read(value);
    return known === undefined ? [] : [known];
  });
  return found.length === 0 ? undefined : [...new Set(found)].slice(0, MAX_VALUES);
}

function without(found: readonly string[] | undefined, value: string) {
  const rest = (found ?? []).filter((each) => each !== value);
  return rest.length === 0 ? undefined : rest;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function time(value: unknown): string | undefined {
  const found = text(value);
  return found !== undefined && !Number.isNaN(Date.parse(found)) ? found : undefined;
}

function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
