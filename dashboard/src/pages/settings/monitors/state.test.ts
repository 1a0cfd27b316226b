import { expect, it } from 'vitest';
import type { Monitor } from '../../../api/model';
import { certificateDays, stateOf } from './state';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const monitor = (facts: Partial<Monitor>) =>
  ({
    enabled: true,
    last_status: 'up',
    certificate_expires_at: null,
    certificate_warning_days: 14,
    ...facts,
  }) as Monitor;

it.each([
  [{}, 'up', 'good'],
  [{ last_status: 'down' }, 'down', 'bad'],
  [{ last_status: 'unknown' }, 'unknown', 'neutral'],
  [{ last_status: 'down', enabled: false }, 'paused', 'neutral'],
] as const)('%j is %s', (facts, name, tone) => {
  expect(stateOf(monitor(facts))).toEqual({ name, tone });
});

it.each([
  [null, 14, undefined],
  ['2026-12-23T12:00:00Z', 14, undefined],
  ['2026-11-26T11:00:00Z', 14, 2],
  ['2026-11-20T12:00:00Z', 14, 0],
  ['2026-11-20T12:00:00Z', 0, undefined],
])('a certificate that ends at %s, warned of %i days before: %s', (end, warning, days) => {
  const facts = { certificate_expires_at: end, certificate_warning_days: warning };
  expect(certificateDays(monitor(facts), NOW)).toBe(days);
});
