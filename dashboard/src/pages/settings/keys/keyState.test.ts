import { expect, it } from 'vitest';
import { keyState } from './keyState';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const key = { active: true, expires_at: null, revoked_at: null };

it.each([
  [key, 'active'],
  [{ ...key, active: false }, 'inactive'],
  [{ ...key, expires_at: '2026-11-23T11:59:59Z' }, 'expired'],
  [{ ...key, expires_at: '2026-11-24T00:00:00Z' }, 'active'],
  [
    { active: false, expires_at: '2026-11-01T00:00:00Z', revoked_at: '2026-10-01T00:00:00Z' },
    'revoked',
  ],
])('%j is %s', (facts, label) => expect(keyState(facts, NOW).name).toBe(label));
