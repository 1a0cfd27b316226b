import type { ApiKey } from '../../api/model';
import type { Tone } from '../../ui/Badge';

export interface KeyState {
  label: 'Active' | 'Revoked' | 'Expired' | 'Inactive';
  tone: Tone;
}

type Facts = Pick<ApiKey, 'active' | 'expires_at' | 'revoked_at'>;

export function keyState(key: Facts, now: number): KeyState {
  if (key.revoked_at) return { label: 'Revoked', tone: 'neutral' };
  if (key.expires_at && Date.parse(key.expires_at) <= now)
    return { label: 'Expired', tone: 'warn' };
  return key.active ? { label: 'Active', tone: 'good' } : { label: 'Inactive', tone: 'neutral' };
}
