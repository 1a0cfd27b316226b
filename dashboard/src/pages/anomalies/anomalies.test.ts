import { describe, expect, it } from 'vitest';
import type { AnomalyRule, IncidentSeries } from '../../api/anomalies';
import { curveOf, firingsOf } from './curve';
import { RULE_TYPES, draftFrom, draftOf, fieldsOf, isProblem } from './kinds';
import { type Incident, relatedOf } from './related';

function incident(rule_type: Incident['rule_type'], details: object, subject = ''): Incident {
  return {
    rule_type,
    project_id: 'p',
    service_name: 'pay',
    environment: 'production',
    subject,
    details: details as Incident['details'],
    started_at: '2026-01-31T08:00:00.000Z',
    last_seen_at: '2026-01-31T08:02:00.000Z',
  };
}

describe('a draft of a rule', () => {
  it('of every kind can be saved as it begins', () => {
    for (const kind of RULE_TYPES) {
      const fields = fieldsOf(draftOf(kind));
      expect(fields).toMatchObject({ rule_type: kind, service_name: '', environment: '' });
    }
  });

  it('says which field is wrong, and what it may be', () => {
    const draft = draftOf('error_rate');
    for (const threshold of ['', ' ', 'many', '0', '100.1', 'NaN']) {
      expect(fieldsOf({ ...draft, threshold })).toEqual({
        field: 'threshold',
        least: 0.1,
        most: 100,
      });
    }
    const window = fieldsOf({ ...draft, window: '59' });
    expect(isProblem(window) && window.field).toBe('window');
    const cooldown = fieldsOf({ ...draft, cooldown: '1.5' });
    expect(isProblem(cooldown) && cooldown.field).toBe('cooldown');
    expect(isProblem(fieldsOf({ ...draft, cooldown: '0' }))).toBe(false);
  });

  it('of a rule gives the same rule', () => {
    const rule: AnomalyRule = {
      id: 'r',
      project_id: 'p',
      rule_type: 'brute_force',
      threshold: 7.5,
      window_seconds: 120,
      cooldown_seconds: 60,
      min_events: 10,
      service_name: 'pay',
      environment: null,
      active: true,
      created_at: '',
      updated_at: '',
    };
    expect(fieldsOf(draftFrom(rule))).toEqual({
      rule_type: 'brute_force',
      threshold: 7.5,
      window_seconds: 120,
      cooldown_seconds: 60,
      service_name: 'pay',
      environment: '',
    });
  });
});

describe('the events of an incident', () => {
  it('reach from one window before it to the end of its last minute', () => {
    expect(relatedOf(incident('error_rate', {}), 120)).toMatchObject({
      project: 'p',
      service: ['pay'],
      environment: ['production'],
      class: ['4xx', '5xx'],
      from: '2026-01-31T07:58:00.000Z',
      to: '2026-01-31T08:02:59.999Z',
    });
    expect(relatedOf(incident('mass_delete', { window_secs: 60 })).from).toBe(
      '2026-01-31T07:59:00.000Z',
    );
  });

  it('are those its rule looked at', () => {
    const route = relatedOf(incident('error_rate_by_route', {}, 'GET /users/:id'));
    expect(route).toMatchObject({ route: ['/users/:id'], method: ['GET'] });
    const force = relatedOf(incident('brute_force', { identifier: 'ana' }));
    expect(force).toMatchObject({ identifier: ['ana'], status: ['401', '403'] });
    expect(relatedOf(incident('mass_delete', {})).method).toEqual(['DELETE']);
  });

  it('of a silence are the last ones before it', () => {
    const silence = relatedOf(incident('silent_service', { silent_minutes: 15 }));
    expect(silence.from).toBe('2026-01-31T06:45:00.000Z');
  });
});

describe('the chart of an incident', () => {
  const point = (
    minute: number,
    value: number,
    in_incident: boolean,
    threshold: number | null,
  ) => ({
    at: `2026-01-31T08:0${minute}:00.000Z`,
    value,
    baseline: null,
    threshold,
    in_incident,
  });
  const series = (data: IncidentSeries['data']): IncidentSeries => ({
    unit: 'percent',
    bucket_seconds: 60,
    from: '',
    to: '',
    rule_changed: false,
    data,
  });

  it('has two lines that meet where the rule began and ceased to hold', () => {
    const { inside, outside, threshold, baseline } = curveOf(
      series([
        point(0, 5, false, null),
        point(1, 30, true, 20),
        point(2, 40, true, 20),
        point(3, 30, true, 20),
        point(4, 6, false, 20),
      ]),
    );
    expect(inside).toEqual([undefined, 30, 40, 30, undefined]);
    expect(outside).toEqual([5, 30, undefined, 30, 6]);
    expect(threshold).toBe(20);
    expect(baseline).toBeUndefined();
  });

  it('has a threshold for each point where it moves, and none where none is known', () => {
    expect(curveOf(series([point(0, 1, false, 10), point(1, 1, false, 11)])).threshold).toEqual([
      10, 11,
    ]);
    expect(curveOf(series([point(0, 1, false, null)])).threshold).toBeUndefined();
  });
});

describe('what a rule would have told', () => {
  it('is counted by stretches of time, none of which is left out', () => {
    const now = Date.parse('2026-01-31T08:00:00.000Z');
    const at = (started_at: string) => ({ started_at });
    const { times, counts } = firingsOf(
      [
        at('2026-01-31T07:59:00.000Z'),
        at('2026-01-31T06:00:00.000Z'),
        at('2026-01-24T08:00:00.000Z'),
        at('2020-01-01T00:00:00.000Z'),
      ],
      7,
      6,
      now,
    );
    expect(counts).toHaveLength(29);
    expect(new Date(times[0] ?? 0).toISOString()).toBe('2026-01-24T06:00:00.000Z');
    expect(new Date(times.at(-1) ?? 0).toISOString()).toBe('2026-01-31T06:00:00.000Z');
    expect([counts[0], counts.at(-1)]).toEqual([1, 2]);
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(3);
  });
});
