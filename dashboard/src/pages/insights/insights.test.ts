import { describe, expect, it } from 'vitest';
import { LOOKED_THROUGH, before, changeOf, countingOf, earlierOf } from './compare';
import { endpointKey, endpointOf, readInsightsSearch } from './search';

const NOW = Date.parse('2026-01-31T08:00:00.000Z');

describe('the period before', () => {
  it('ends where this one begins, and is as long', () => {
    const found = before({ project: 'p', range: '1h' }, NOW);
    expect(found).toEqual({
      project: 'p',
      range: undefined,
      from: '2026-01-31T06:00:00.000Z',
      to: '2026-01-31T06:59:59.999Z',
    });
  });

  it('of a range that reaches into the future is as long as what is over of it', () => {
    const range = { from: '2026-01-31T07:00:00.000Z', to: '2026-02-02T00:00:00.000Z' };
    expect(before(range, NOW)?.from).toBe('2026-01-31T06:00:00.000Z');
  });

  it('is not there for a range without a beginning, or one that has not begun', () => {
    expect(before({ to: '2026-01-31T07:00:00.000Z' }, NOW)).toBeUndefined();
    expect(before({ from: '2026-02-01T00:00:00.000Z' }, NOW)).toBeUndefined();
  });
});

describe('how the lists are counted', () => {
  const now = Date.parse('2026-01-31T08:20:00.000Z');

  it('compares whole hours with as many before, none of which is in both', () => {
    // 02:00 to 08:20 are six hours, and a bit.
    const found = countingOf({ range: '6h', service: ['pay'] }, now);
    expect(found).toEqual({
      hours: true,
      days: false,
      before: {
        service: ['pay'],
        range: undefined,
        from: '2026-01-30T20:00:00.000Z',
        to: '2026-01-31T01:59:59.999Z',
      },
    });
  });

  it('takes the last hour of a range that is over as a whole one', () => {
    const range = { from: '2026-01-30T00:00:00.000Z', to: '2026-01-30T11:59:59.999Z' };
    expect(countingOf(range, now).before?.from).toBe('2026-01-29T12:00:00.000Z');
  });

  it('compares nothing that is too short for whole hours', () => {
    expect(countingOf({ range: '1h' }, now)).toEqual({
      hours: true,
      days: true,
      before: undefined,
    });
  });

  it('compares exactly what is counted from the events', () => {
    const filters = { range: '1h', class: ['5xx'] } as const;
    expect(countingOf(filters, now)).toEqual({
      hours: false,
      days: false,
      before: before(filters, now),
    });
    expect(countingOf({ range: '24h', q: 'word' }, now).days).toBe(false);
  });
});

describe('a change', () => {
  it('is a share of the earlier value', () => {
    expect(changeOf(15, 10)).toEqual({ kind: 'by', share: 0.5, before: 10 });
    expect(changeOf(0, 10)).toEqual({ kind: 'by', share: -1, before: 10 });
    expect(changeOf(3, 0)).toEqual({ kind: 'new' });
    expect(changeOf(0, 0)).toBeUndefined();
    expect(changeOf(3, undefined)).toBeUndefined();
  });

  it('knows absence from ignorance', () => {
    const row = { path: '/a', count: 1 };
    const look = (rows: (typeof row)[] | undefined) =>
      earlierOf(
        rows,
        ({ path }) => path,
        ({ count }) => count,
      )(row);
    expect(look([{ path: '/a', count: 7 }])).toBe(7);
    expect(look([{ path: '/b', count: 7 }])).toBe(0);
    expect(look(Array.from({ length: LOOKED_THROUGH }, () => ({ path: '/b', count: 7 })))).toBe(
      undefined,
    );
    expect(look(undefined)).toBeUndefined();
  });
});

describe('the search of insights', () => {
  it('carries an endpoint, also one without a method', () => {
    for (const endpoint of [
      { method: 'GET', path: '/a b/:id' },
      { method: '', path: '/job' },
    ]) {
      const { affected = '' } = readInsightsSearch({ affected: endpointKey(endpoint) });
      expect(endpointOf(affected)).toEqual(endpoint);
    }
    expect(readInsightsSearch({ affected: 'nonsense' })).toEqual({});
  });
});
