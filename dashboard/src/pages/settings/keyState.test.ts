import { expect, it } from 'vitest';
import { keyState } from './keyState';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const key = { active: true, expires_at: null, revoked_at: null };

it.each([
  [key, 'Active'],
  [{ ...key, active: false }, 'Inactive'],
  [{ ...key, expires_at: '2026-11-23T11:59:59Z' }, 'Expired'],
  [{ ...key, expires_at: '2026-11-24T00:00:00Z' }, 'Active'],
  [
    { active: false, expires_at: '2026-11-01T00:00:00Z', revoked_at: '2026-10-01T00:00:00Z' },
    'Revoked',
  ],
])('%j is %s', (facts, label) => expect(keyState(facts, NOW).label).toBe(label));
