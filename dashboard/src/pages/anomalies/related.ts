// Which events an incident is about, as the events page can show them.
import type { AnomalyIncident } from '../../api/anomalies';
import { OWN_TYPES } from '../../filters/own';
import type { Filters } from '../../filters/search';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What a rule counts over where neither the incident nor the rule says it, in seconds. */
const USUAL_WINDOW = 300;

export type Incident = Pick<
  AnomalyIncident,
  | 'rule_type'
  | 'project_id'
  | 'service_name'
  | 'environment'
  | 'subject'
  | 'details'
  | 'started_at'
  | 'last_seen_at'
>;

/** The events that made the rule fire: from one window before the incident to the end of its last minute. */
export function relatedOf(incident: Incident, windowSeconds = windowOf(incident)): Filters {
  const from = Date.parse(incident.started_at) - windowSeconds * 1_000;
  const to = Date.parse(incident.last_seen_at) + MINUTE_MS - 1;
  const all: Filters = {
    project: incident.project_id,
    'type!': OWN_TYPES,
    service: [incident.service_name],
    environment: [incident.environment],
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
  switch (incident.rule_type) {
    case 'volume_spike':
      return all;
    case 'error_rate':
      return { ...all, class: ['4xx', '5xx'] };
    case 'error_rate_by_route': {
      const { method, path } = endpointOf(incident);
      const at = { route: [path], ...(method === '' ? {} : { method: [method] }) };
      return { ...all, ...at, class: ['4xx', '5xx'] };
    }
    case 'brute_force': {
      const who = text(incident.details, 'identifier');
      return { ...all, ...(who === '' ? {} : { identifier: [who] }), status: ['401', '403'] };
    }
    case 'mass_delete':
      return { ...all, method: ['DELETE'] };
    case 'silent_service': {
      // A silence has no events of its own: the last ones before it are what there is to see.
      const silent = (number(incident.details, 'silent_minutes') ?? 0) * MINUTE_MS;
      const last = Date.parse(incident.started_at) - silent;
      return { ...all, from: new Date(last - HOUR_MS).toISOString() };
    }
  }
}

/** Method and route of an incident that is about one. */
export function endpointOf({ details, subject }: Pick<Incident, 'details' | 'subject'>) {
  const path = text(details, 'path');
  if (path !== '') return { method: text(details, 'method'), path };
  const at = subject.indexOf(' ');
  return { method: subject.slice(0, Math.max(0, at)), path: subject.slice(at + 1) };
}

/** A figure of what was seen; nothing when it is not there. */
export function number(details: Incident['details'], name: string): number | undefined {
  const value: unknown = (details as Record<string, unknown>)[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A text of what was seen; empty when it is not there. */
export function text(details: Incident['details'], name: string): string {
  const value: unknown = (details as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}

function windowOf({ rule_type, details }: Incident): number {
  if (rule_type === 'volume_spike') return 0;
  return number(details, 'window_secs') ?? number(details, 'window_seconds') ?? USUAL_WINDOW;
}

/** How long the rule held, in milliseconds: its first and its last minute both count. */
export function lastedMs({
  started_at,
  last_seen_at,
}: Pick<Incident, 'started_at' | 'last_seen_at'>): number {
  return Date.parse(last_seen_at) - Date.parse(started_at) + MINUTE_MS;
}
