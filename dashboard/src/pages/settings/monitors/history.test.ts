import { expect, it } from 'vitest';
import type { Check } from '../../../api/monitors';
import { DAY_MS } from '../../../format/time';
import { downByDay, responsesOf } from './history';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const check = (secondsAgo: number, status: string, ms: number): Check => ({
  id: String(secondsAgo),
  monitor_id: 'm',
  status,
  status_code: 200,
  response_ms: ms,
  error: null,
  checked_at: new Date(NOW - secondsAgo * 1_000).toISOString(),
});

it('shows each check where they are few', () => {
  const found = responsesOf([check(0, 'down', 30), check(60, 'up', 20), check(120, 'up', 10)]);
  expect(found.times).toHaveLength(3);
  expect(found.times[0]).toBe(NOW - 120_000);
  expect(found.up).toEqual([10, 20, undefined]);
  expect(found.down).toEqual([undefined, undefined, 30]);
});

it('keeps the slowest and every failure where they are many, and gaps as gaps', () => {
  const many = Array.from({ length: 180 }, (_, index) =>
    check(index * 10, index === 100 ? 'down' : 'up', index),
  ).filter((_, index) => index < 20 || index > 40);
  const found = responsesOf(many);
  expect(found.times).toHaveLength(60);
  expect(found.down.filter((value) => value !== undefined)).toEqual([100]);
  expect(found.up.some((value) => value === undefined)).toBe(true);
  expect(Math.max(...found.up.map((value) => value ?? 0))).toBe(179);
});

it('has nothing to show without checks', () => {
  expect(responsesOf([])).toEqual({ times: [], step: 1_000, up: [], down: [] });
});

it('parts an outage among the days it lasted', () => {
  const outage = (from: number, to: number) => ({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    seconds: (to - from) / 1_000,
  });
  const midnight = NOW - DAY_MS;
  const { seconds } = downByDay(
    [outage(midnight - 60_000, midnight + 30_000), outage(NOW - 5_000, NOW)],
    3,
    NOW,
  );
  expect(seconds).toEqual([0, 60, 35]);
});
