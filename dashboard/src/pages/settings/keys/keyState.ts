import type { ApiKey } from '../../../api/model';
import type { Tone } from '../../../ui/Badge';

export interface KeyState {
  name: 'active' | 'revoked' | 'expired' | 'inactive';
  tone: Tone;
}

type Facts = Pick<ApiKey, 'active' | 'expires_at' | 'revoked_at'>;

export function keyState(key: Facts, now: number): KeyState {
  if (key.revoked_at) return { name: 'revoked', tone: 'neutral' };
  if (key.expires_at && Date.parse(key.expires_at) <= now) return { name: 'expired', tone: 'warn' };
  return key.active ? { name: 'active', tone: 'good' } : { name: 'inactive', tone: 'neutral' };
}
