import { expect, it } from 'vitest';
import { between, bounds, isOpenEnded, rangeLabel, rangeUtc } from './range';

const NOW = Date.parse('2026-11-23T12:00:00Z');

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
  expect(rangeUtc(custom)).toBe('2026-01-01 00:00:00.000 UTC – now');
  expect(rangeUtc({ range: '1h' })).toBeUndefined();
});

it('takes a stretch of a chart in place of the preset', () => {
  expect(between(NOW, NOW + 59_999)).toEqual({
    range: undefined,
    from: '2026-11-23T12:00:00.000Z',
    to: '2026-11-23T12:00:59.999Z',
  });
});
