import { expect, it } from 'vitest';
import type { Screen } from '../../../api/screens';
import { countdown, screenState } from './screenState';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const screen: Screen = {
  id: 's',
  name: 'Hall',
  code: 'BAT-••••••••',
  project_id: '',
  created_at: '2026-11-23T11:55:00Z',
  expires_at: '2026-11-23T12:05:00Z',
  activated_at: null,
  last_used_at: null,
};

it.each([
  [{}, 'waiting'],
  [{ expires_at: '2026-11-23T12:00:00Z' }, 'over'],
  [{ activated_at: '2026-11-23T11:59:00Z' }, 'on'],
  [{ activated_at: '2026-11-01T00:00:00Z', last_used_at: '2026-11-23T11:00:00Z' }, 'on'],
  [{ activated_at: '2026-11-01T00:00:00Z', last_used_at: '2026-11-23T09:00:00Z' }, 'quiet'],
])('%j is %s', (facts, name) => {
  expect(screenState({ ...screen, ...facts }, NOW).name).toBe(name);
});

it.each([
  [600_000, '10:00'],
  [65_000, '1:05'],
  [400, '0:01'],
  [0, '0:00'],
  [-5_000, '0:00'],
])('%i ms are %s', (ms, text) => {
  expect(countdown(ms)).toBe(text);
});
