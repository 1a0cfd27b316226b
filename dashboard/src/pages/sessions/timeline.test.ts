import { describe, expect, it } from 'vitest';
import type { EventSession } from '../../api/eventSessions';
import type { EventSummary } from '../../api/model';
import { entriesOf, filtersFor, summaryOf } from './timeline';

const START = Date.parse('2026-01-31T08:00:00.000Z');

function event(offset: number, status = 200, service = 'cart'): EventSummary {
  return {
    id: `e${offset}`,
    project_id: 'p',
    event_type: 'http',
    identifier: 'ana',
    user_email: '',
    user_name: '',
    method: 'GET',
    path: '/',
    status_code: status,
    service_name: service,
    environment: 'production',
    timestamp: new Date(START + offset).toISOString(),
    response_time: 5,
  };
}

describe('a timeline', () => {
  it('has a line for every pause of two minutes or more, and for none below', () => {
    const entries = entriesOf([event(0), event(119_999), event(239_999), event(400_000)], START);
    expect(entries.map((each) => (each.kind === 'gap' ? each.ms : each.offset))).toEqual([
      0, 119_999, 120_000, 239_999, 160_001, 400_000,
    ]);
  });

  it('counts errors, pauses and services', () => {
    const events = [event(0, 399), event(10, 400, 'pay'), event(150_010, 503)];
    expect(summaryOf(events)).toEqual({ errors: 2, paused: 150_000, services: 2 });
  });

  it('is found again among the events', () => {
    const session: EventSession = {
      session_id: 's-1',
      kind: 'explicit',
      project_id: 'p',
      identifier: 'ana',
      service_name: 'cart',
      session_start: '2026-01-31T08:00:00.000Z',
      session_end: '2026-01-31T08:10:00.000Z',
      duration_seconds: 600,
      event_count: 3,
    };
    const range = { from: session.session_start, to: session.session_end };
    expect(filtersFor(session)).toEqual({ project: 'p', session: ['s-1'], ...range });
    expect(filtersFor({ ...session, kind: 'derived', session_id: 'opaque' })).toEqual({
      project: 'p',
      identifier: ['ana'],
      service: ['cart'],
      ...range,
    });
  });
});
