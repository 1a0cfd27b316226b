import { expect, it } from 'vitest';
import { readDays, shortened, typedOf } from './days';

it('reads what was typed, and nothing as the installation', () => {
  const days = { raw_days: 30, hourly_days: null, daily_days: 3650 };
  expect(typedOf(days)).toEqual({ raw_days: '30', hourly_days: '', daily_days: '3650' });
  expect(readDays(typedOf(days))).toEqual(days);
  expect(readDays({ raw_days: ' ', hourly_days: '7', daily_days: '' })).toEqual({
    raw_days: null,
    hourly_days: 7,
    daily_days: null,
  });
});

it.each([
  [{ raw_days: 30 }, { raw_days: 30 }, []],
  [{ raw_days: 30 }, { raw_days: 90 }, []],
  [{ raw_days: 90 }, { raw_days: 30 }, ['raw_days']],
  [{}, { raw_days: 300 }, ['raw_days']],
  [{ hourly_days: 9 }, { hourly_days: null }, ['hourly_days']],
  [{ raw_days: null }, {}, []],
])('from %j to %j may end %j', (before, after, tiers) => {
  expect(shortened(before, after)).toEqual(tiers);
});
