import { describe, expect, it } from 'vitest';
import { ago, clock, duration, fromLocalInput, toLocalInput, utc } from './format';
import { bounds, isOpenEnded, rangeLabel } from './range';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('bounds', () => {
  it('resolves a preset against now and leaves the end open', () => {
    expect(bounds({ range: '1h' }, NOW)).toEqual({ start_date: '2026-11-23T11:00:00.000Z' });
    expect(bounds({}, NOW)).toEqual({ start_date: '2026-11-22T12:00:00.000Z' });
  });

  it('prefers custom bounds', () => {
    const custom = { range: '1h', from: '2026-01-01T00:00:00Z' } as const;
    expect(bounds(custom, NOW)).toEqual({ start_date: '2026-01-01T00:00:00Z' });
    expect(isOpenEnded(custom, NOW)).toBe(true);
    expect(isOpenEnded({ to: '2026-11-23T11:59:59Z' }, NOW)).toBe(false);
    expect(rangeLabel(custom)).toMatch(/ – now$/);
  });
});

describe('formats', () => {
  it('drops the day for today only', () => {
    const now = new Date(2026, 10, 23, 18);
    expect(clock(new Date(2026, 10, 23, 4, 5, 6, 7).toISOString(), now)).toBe('04:05:06.007');
    expect(clock(new Date(2026, 10, 22, 4, 5, 6, 7).toISOString(), now)).toMatch(/22.* 04:05:06/);
    expect(clock('not a time', now)).toBe('not a time');
  });

  it('names UTC', () => {
    expect(utc('2026-11-23T14:03:22.118+02:00')).toBe('2026-11-23 12:03:22.118 UTC');
  });

  it.each([
    [0.25, '0.3 ms'],
    [12, '12 ms'],
    [1_240, '1.24 s'],
    [125_000, '2 min 5 s'],
  ])('duration of %d', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [5, '5 s ago'],
    [125, '2 min ago'],
    [7_300, '2 h ago'],
    [200_000, '2 d ago'],
  ])('%d seconds ago', (seconds, text) =>
    expect(ago(new Date(NOW - seconds * 1000).toISOString(), NOW)).toBe(text),
  );

  it('round-trips the input of a custom range to the minute', () => {
    expect(fromLocalInput(toLocalInput('2026-11-23T12:34:00.000Z'))).toBe(
      '2026-11-23T12:34:00.000Z',
    );
    expect(fromLocalInput('')).toBeUndefined();
  });
});
