import { expect, it } from 'vitest';
import { keyState, works } from './keyState';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const key = { active: true, expires_at: null, revoked_at: null, replaced_by: null };
const PAST = '2026-11-23T11:59:59Z';
const FUTURE = '2026-11-24T00:00:00Z';

it.each([
  [key, 'active', 'good', true],
  [{ ...key, active: false }, 'inactive', 'neutral', false],
  [{ ...key, expires_at: PAST }, 'expired', 'warn', false],
  [{ ...key, expires_at: FUTURE }, 'active', 'good', true],
  [{ ...key, expires_at: FUTURE, replaced_by: 'b' }, 'retiring', 'info', true],
  [{ ...key, expires_at: PAST, replaced_by: 'b' }, 'expired', 'neutral', false],
  [{ ...key, active: false, expires_at: PAST, revoked_at: PAST }, 'revoked', 'neutral', false],
] as const)('%j is %s', (facts, name, tone, alive) => {
  expect(keyState(facts, NOW)).toEqual({ name, tone });
  expect(works(facts, NOW)).toBe(alive);
});
