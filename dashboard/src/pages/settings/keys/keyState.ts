import type { ApiKey } from '../../../api/model';
import type { Tone } from '../../../ui/Badge';

export interface KeyState {
  /** `retiring`: it has a successor, and works for a while beside it. */
  name: 'active' | 'retiring' | 'revoked' | 'expired' | 'inactive';
  tone: Tone;
}

type Facts = Pick<ApiKey, 'active' | 'expires_at' | 'revoked_at' | 'replaced_by'>;

export function keyState(key: Facts, now: number): KeyState {
  if (key.revoked_at) return { name: 'revoked', tone: 'neutral' };
  if (key.expires_at && Date.parse(key.expires_at) <= now) {
    // The end of a key that was rotated is what was wanted.
    return { name: 'expired', tone: key.replaced_by ? 'neutral' : 'warn' };
  }
  if (!key.active) return { name: 'inactive', tone: 'neutral' };
  return key.replaced_by ? { name: 'retiring', tone: 'info' } : { name: 'active', tone: 'good' };
}

/** Whether events can still come in with it. */
export function works(key: Facts, now: number): boolean {
  const { name } = keyState(key, now);
  return name === 'active' || name === 'retiring';
}
