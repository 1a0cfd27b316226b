// A monitor's state in a word, and what its form says.
import type { Monitor } from '../../../api/model';
import type { NewMonitor } from '../../../api/monitors';
import { DAY_MS } from '../../../format/time';
import type { Tone } from '../../../ui/Badge';

export interface MonitorState {
  name: 'up' | 'down' | 'unknown' | 'paused';
  tone: Tone;
}

export function stateOf({ enabled, last_status: status }: Monitor): MonitorState {
  if (!enabled) return { name: 'paused', tone: 'neutral' };
  if (status === 'up') return { name: 'up', tone: 'good' };
  return status === 'down' ? { name: 'down', tone: 'bad' } : { name: 'unknown', tone: 'neutral' };
}

/** The days until its certificate ends, when that is to be warned of. */
export function certificateDays(monitor: Monitor, now: number): number | undefined {
  const { certificate_expires_at: end, certificate_warning_days: warning } = monitor;
  if (end === null || warning === 0) return undefined;
  const days = Math.floor((Date.parse(end) - now) / DAY_MS);
  return days < warning ? Math.max(0, days) : undefined;
}

/** Seconds; the server takes any from 10 to 86,400. */
export const INTERVALS = [10, 30, 60, 300, 900, 3_600, 21_600, 86_400];

export function readForm(form: FormData, projectId: string): NewMonitor {
  const number = (name: string) => Number(form.get(name));
  return {
    project_id: projectId,
    name: String(form.get('name')).trim(),
    url: String(form.get('url')).trim(),
    interval_seconds: number('interval_seconds'),
    timeout_seconds: number('timeout_seconds'),
    expected_status: number('expected_status'),
    certificate_warning_days: number('certificate_warning_days'),
  };
}
