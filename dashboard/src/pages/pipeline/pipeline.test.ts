import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../api/deadLetters';
import type { Pipeline, PipelineHours, Reconciliation } from '../../api/pipeline';
import { HOUR_MS, hourSeries } from './hours';
import { outcomeOf } from './outcome';
import { readPipelineSearch } from './search';
import { sumOf, verdictOf } from './verdict';
import { wantedOf } from './wanted';

const NOW = Date.parse('2026-01-31T08:00:05.000Z');
const none = {
  accepted: 0,
  stored: 0,
  dead_lettered: 0,
  repeated: 0,
  removed: 0,
  differing: 0,
  masked: null,
  masked_fields: null,
};

function pipeline(part: Partial<Pipeline> = {}): Pipeline {
  return {
    as_of: '2026-01-31T08:00:05.000Z',
    state: 'current',
    observed_at: '2026-01-31T08:00:03.000Z',
    fresh_as_of: '2026-01-31T08:00:03.000Z',
    lag_seconds: 0,
    books: { compared_until: '2026-01-31T07:55:00.000Z', differing: 0 },
    paused: [],
    instance: null,
    ...part,
  };
}

function hours(...data: object[]): PipelineHours {
  return {
    from: '2026-01-31T05:00:00.000Z',
    to: '2026-01-31T09:00:00.000Z',
    compared_until: '2026-01-31T07:55:00.000Z',
    projects: [],
    data: data.map((hour, at) => ({
      ...none,
      hour: new Date(Date.parse('2026-01-31T05:00:00.000Z') + at * HOUR_MS).toISOString(),
      ...hour,
    })),
  };
}

const loss = (lost: number, detected_at: string) => ({
  detected_at,
  kind: 'retention_cut',
  detail: '',
  topic: 'bataudit.events',
  partition: 0,
  first_offset: 0,
  end_offset: 9,
  lost,
});

describe('the verdict', () => {
  const verdict = (
    part: Partial<Pipeline> = {},
    known: PipelineHours | undefined = hours({ accepted: 3, stored: 3 }),
    losses: ReturnType<typeof loss>[] = [],
  ) => verdictOf({ pipeline: pipeline(part), hours: known, losses, failed: false, now: NOW });

  it('is good only when everything was compared lately and agrees', () => {
    expect(verdict()).toEqual({ kind: 'whole', accepted: 3 });
    expect(verdict({}, hours())).toEqual({ kind: 'idle' });
    const never = { compared_until: null, differing: 0 };
    expect(verdict({ books: never })).toEqual({ kind: 'unproven' });
  });

  it('says since when nothing was compared, whatever the earlier comparisons met', () => {
    const until = (compared_until: string) => ({ books: { compared_until, differing: 0 } });
    // Comparisons come every five minutes, of what is two minutes old.
    expect(verdict(until('2026-01-31T07:45:00.000Z')).kind).toBe('whole');
    expect(verdict(until('2026-01-31T07:45:00.000Z'), hours()).kind).toBe('idle');
    const since = '2026-01-31T07:30:00.000Z';
    expect(verdict(until(since))).toEqual({ kind: 'stopped', since });
    expect(verdict(until(since), hours())).toEqual({ kind: 'stopped', since });
    // What is known to be wrong comes first.
    expect(verdict({ ...until(since), state: 'unknown' }).kind).toBe('unseen');
  });

  it('waits for what could tell of a loss, and claims nothing without it', () => {
    const told = { hours: hours({ accepted: 3, stored: 3 }), losses: [] };
    const kind = (part: Partial<Parameters<typeof verdictOf>[0]>) =>
      verdictOf({ pipeline: pipeline(), ...told, failed: false, now: NOW, ...part }).kind;
    for (const part of [{ hours: undefined }, { losses: undefined }]) {
      expect(kind(part)).toBe('asking');
      expect(kind({ ...part, failed: true })).toBe('uncounted');
      // What is bad is told as soon as it is known.
      expect(kind({ ...part, pipeline: pipeline({ state: 'kafka_down' }) })).toBe('kafkaDown');
    }
  });

  it('is a loss before all else, wherever it shows', () => {
    const books = { compared_until: '2026-01-31T07:55:00.000Z', differing: 2 };
    expect(verdict({ books, state: 'kafka_down' })).toEqual({
      kind: 'lost',
      events: 2,
      records: 0,
    });
    // One too many does not make up for one that is missing.
    const both = hours({ accepted: 3, stored: 2, differing: 1 }, { stored: 1, differing: -1 });
    expect(verdict({}, both)).toEqual({ kind: 'lost', events: 2, records: 0 });
    const recent = [loss(20, '2026-01-31T02:00:00.000Z')];
    expect(verdict({}, hours(), recent)).toEqual({ kind: 'lost', events: 0, records: 20 });
  });

  it('tells an incident without a loss, and forgets old ones', () => {
    const lossless = [loss(0, '2026-01-31T02:00:00.000Z')];
    expect(verdict({}, undefined, lossless)).toEqual({ kind: 'incident', number: 1 });
    expect(verdict({}, undefined, [loss(20, '2026-01-29T02:00:00.000Z')]).kind).toBe('whole');
  });

  it('says when nobody looks, and what waits', () => {
    expect(verdict({ state: 'unknown' })).toEqual({ kind: 'unseen' });
    expect(verdict({ state: 'late', lag_seconds: 95 })).toEqual({ kind: 'late', seconds: 95 });
    expect(verdict({ state: 'kafka_down' })).toEqual({ kind: 'kafkaDown', since: null });
  });
});

describe('the hours', () => {
  it('are unknown once they were not compared, and empty where nothing happened', () => {
    const { times, accepted, masked } = hourSeries(hours({ accepted: 5, stored: 5 }));
    expect(times).toHaveLength(4);
    // 08:00 was not compared yet.
    expect(accepted).toEqual([5, 0, 0, undefined]);
    expect(masked).toBeUndefined();
  });

  it('tell what was masked when the answer does', () => {
    const known = hours({ accepted: 5, stored: 5, masked: 2 }, { accepted: 1, stored: 1 });
    expect(hourSeries(known).masked).toEqual([2, 0, 0, undefined]);
    expect(sumOf(known.data).masked).toBe(2);
    expect(sumOf(hours({ accepted: 1 }).data).masked).toBeUndefined();
  });

  it('add up', () => {
    const sum = sumOf(
      hours(
        { accepted: 9, stored: 5, dead_lettered: 1, repeated: 1, removed: 1, differing: 1 },
        { accepted: 4, stored: 5, differing: -1 },
      ).data,
    );
    const { stored, deadLettered, repeated, removed, missing, surplus } = sum;
    expect([missing, surplus]).toEqual([1, 1]);
    expect(stored + deadLettered + repeated + removed + missing - surplus).toBe(sum.accepted);
  });
});

describe('a replay', () => {
  const letters = Array.from({ length: 3 }, (_, at) => ({ id: `1:0-${at}-0` }) as DeadLetter);
  const shown = {
    rows: letters,
    chosen: new Set<string>(),
    reasons: [
      { reason: 'unmaskable', letters: 7 },
      { reason: 'empty_record', letters: 2 },
    ],
    project: 'p',
    reason: undefined,
    state: 'all' as const,
  };

  it('is about those that are chosen, else about all that the filters select', () => {
    expect(wantedOf({ ...shown, chosen: new Set(['1:0-1-0']) })).toEqual({
      body: { project_id: 'p', ids: ['1:0-1-0'] },
      letters: 1,
    });
    expect(wantedOf(shown)).toEqual({ body: { project_id: 'p' }, letters: 9 });
    expect(wantedOf({ ...shown, reason: 'empty_record' })).toEqual({
      body: { project_id: 'p', reason: 'empty_record' },
      letters: 2,
    });
  });

  it('names the letters of one state: the API would take the others as well', () => {
    expect(wantedOf({ ...shown, project: undefined, state: 'waiting' })).toEqual({
      body: { ids: letters.map(({ id }) => id) },
      letters: 3,
    });
    expect(wantedOf({ ...shown, rows: [], state: 'waiting' })).toBeUndefined();
    expect(wantedOf({ ...shown, reasons: [] })).toBeUndefined();
  });
});

it('a comparison ends with the worst that was found', () => {
  const row = { differing: 0, rollups_differing: null, is_cut: false, waiting: 0 };
  const outcome = (part: object) => outcomeOf({ ...row, ...part } as Reconciliation);
  expect(outcome({})).toBe('agrees');
  expect(outcome({ waiting: 2 })).toBe('waits');
  expect(outcome({ waiting: 2, is_cut: true })).toBe('cut');
  expect(outcome({ is_cut: true, rollups_differing: 1 })).toBe('rollups');
  expect(outcome({ differing: 1, rollups_differing: 1 })).toBe('differs');
});

it('reads its part of the address, and drops what makes no sense', () => {
  expect(readPipelineSearch({ view: 'books', differing: 'yes', state: 'waiting' })).toEqual({
    view: 'books',
    differing: 'yes',
    state: 'waiting',
  });
  expect(readPipelineSearch({ view: 'line', state: 'all', reason: '', letter: 3 })).toEqual({});
});
