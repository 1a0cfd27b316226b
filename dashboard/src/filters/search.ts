// The URL is the only place filters live. This file reads and writes its search part: flat, human
// names and plain values, so that a link can be read aloud, edited by hand and pasted to a colleague.
import { type Preset, isPreset } from '../time/range';

export const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** What narrows both charts and lists. */
export interface Scope {
  project?: string | undefined;
  environment?: string | undefined;
  range?: Preset | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export interface Filters extends Scope {
  service?: string | undefined;
  method?: string | undefined;
  path?: string | undefined;
  identifier?: string | undefined;
  status?: number | undefined;
  class?: StatusClass | undefined;
  type?: string | undefined;
}

export interface EventsSearch extends Filters {
  /** The event whose details are open. */
  event?: string | undefined;
}

type Raw = Record<string, unknown>;

export function readScope(raw: Raw): Scope {
  return compact({
    project: text(raw['project']),
    environment: text(raw['environment']),
    range: isPreset(raw['range']) ? raw['range'] : undefined,
    from: time(raw['from']),
    to: time(raw['to']),
  });
}

/** Reads the events page's search. What makes no sense is dropped, never passed on. */
export function readEventsSearch(raw: Raw): EventsSearch {
  return compact({
    ...readScope(raw),
    service: text(raw['service']),
    method: text(raw['method'])?.toUpperCase(),
    path: text(raw['path']),
    identifier: text(raw['identifier']),
    status: statusCode(raw['status']),
    class: STATUS_CLASSES.find((name) => name === raw['class']),
    type: text(raw['type']),
    event: text(raw['event']),
  });
}

/** The filters of the search, without what only concerns the page. */
export function filtersOf(search: EventsSearch): Filters {
  const { event, ...filters } = search;
  return filters;
}

/** Keeps what is worth carrying from one page to another. */
export function scopeOf(raw: Raw): Scope {
  return readScope(raw);
}

export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: Raw): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function time(value: unknown): string | undefined {
  const found = text(value);
  return found !== undefined && !Number.isNaN(Date.parse(found)) ? found : undefined;
}

function statusCode(value: unknown): number | undefined {
  const code = Number(text(value));
  return Number.isInteger(code) && code >= 100 && code <= 599 ? code : undefined;
}

function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
