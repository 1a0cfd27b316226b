// What the form of a new key says, as the API takes it.
import type { KeyScope, NewApiKey } from '../../../api/model';
import { DAY_MS } from '../../../format/time';

export const SCOPES = ['project', 'instance', 'browser'] as const satisfies KeyScope[];
/** Days. */
export const LIFETIMES = ['30', '90', '365'] as const;
/** A rate without a burst may send this many seconds' worth at once. */
const BURST_SECONDS = 10;

export function readForm(form: FormData, projectId: string, now: number): NewApiKey {
  const scope = SCOPES.find((known) => known === form.get('scope')) ?? 'project';
  const days = Number(form.get('lifetime'));
  const origins = String(form.get('origins') ?? '')
    .split(/[\s,]+/)
    .filter((origin) => origin !== '');
  const perSecond = Number(form.get('per_second'));
  const burst = Number(form.get('burst')) || perSecond * BURST_SECONDS;
  return {
    project_id: projectId,
    name: String(form.get('name')).trim(),
    scope,
    ...(scope === 'browser' ? { origins } : {}),
    ...(days > 0 ? { expires_at: new Date(now + days * DAY_MS).toISOString() } : {}),
    ...(perSecond > 0 ? { rate: { per_second: perSecond, burst } } : {}),
  };
}
