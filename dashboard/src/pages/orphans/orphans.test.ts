import { describe, expect, it } from 'vitest';
import type { EventSummary } from '../../api/model';
import { graceOf, readOrphansSearch } from './search';
import { backendsAround, groupsOf } from './similar';

function orphan(path: string): EventSummary {
  return {
    id: path,
    project_id: 'p',
    event_type: 'http',
    identifier: '',
    user_email: '',
    user_name: '',
    method: 'GET',
    path,
    status_code: 0,
    service_name: 'web',
    environment: 'production',
    timestamp: '2026-01-31T08:00:00.000Z',
    response_time: 0,
  };
}

describe('the search of orphans', () => {
  it('takes a grace the API takes, and drops any other', () => {
    expect(graceOf(readOrphansSearch({ grace: '300' }))).toBe(300);
    expect(graceOf(readOrphansSearch({ grace: '0' }))).toBe(0);
    expect(graceOf(readOrphansSearch({}))).toBe(60);
    for (const grace of ['-1', '86401', '1.5', 'soon', '']) {
      expect(readOrphansSearch({ grace })).toEqual({});
    }
  });
});

describe('what is like an orphan', () => {
  it('is what backends reported of its path, an hour around it', () => {
    expect(backendsAround(orphan('https://shop.example/orders?x=1'))).toEqual({
      project: 'p',
      path: ['/orders'],
      source: ['backend'],
      from: '2026-01-31T07:00:00.000Z',
      to: '2026-01-31T09:00:00.000Z',
    });
    expect(backendsAround(orphan('/orders')).path).toEqual(['/orders']);
  });

  it('is of the same foreign host, or of the same path', () => {
    const found = groupsOf(
      ['/a', 'https://cdn.example/1', '/a', 'https://cdn.example/2', 'https://cdn.example/3'].map(
        orphan,
      ),
      5,
    );
    expect(found).toEqual([
      {
        name: 'cdn.example',
        foreign: true,
        filters: { prefix: ['https://cdn.example'] },
        count: 3,
      },
      { name: '/a', foreign: false, filters: { path: ['/a'] }, count: 2 },
    ]);
    expect(groupsOf(['/a', '/b'].map(orphan), 1)).toHaveLength(1);
  });

  it('is itself where the address is none', () => {
    expect(groupsOf([orphan('http://[')], 5)[0]?.name).toBe('http://[');
  });
});
