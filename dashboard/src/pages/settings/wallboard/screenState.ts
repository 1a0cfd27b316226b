import type { Screen } from '../../../api/screens';
import type { Tone } from '../../../ui/Badge';

/** A screen shows something as soon as its code was typed in, and renews itself every hour. */
const QUIET_MS = 2 * 3_600_000;

export interface ScreenState {
  /** `quiet`: it has not asked for long, so it is probably off. */
  name: 'waiting' | 'over' | 'on' | 'quiet';
  tone: Tone;
}

export function screenState(screen: Screen, now: number): ScreenState {
  if (screen.activated_at === null) {
    const waits = Date.parse(screen.expires_at) > now;
    return waits ? { name: 'waiting', tone: 'info' } : { name: 'over', tone: 'neutral' };
  }
  const used = Date.parse(screen.last_used_at ?? screen.activated_at);
  return now - used < QUIET_MS ? { name: 'on', tone: 'good' } : { name: 'quiet', tone: 'warn' };
}

/** `9:05`, what is left of a code; never below nothing. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
