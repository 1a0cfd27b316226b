import { describe, expect, it } from 'vitest';
import {
  type Act,
  type Box,
  append,
  arrange,
  canStep,
  inOrder,
  move,
  put,
  resize,
  step,
} from './grid';
import { filterOf, paramsOf } from './params';
import { QUESTION_NAMES, answerOf, looksOf } from './questions';
import { type Draft, freshId, isSame, readReport, writeReport } from './report';
import { readReportSearch, valuesIn, withVariable } from './search';
import { begin } from './templates';

const box = (i: string, x: number, y: number, w: number, h: number): Box => ({ i, x, y, w, h });
const at = (boxes: readonly Box[], id: string) => {
  const found = boxes.find(({ i }) => i === id);
  return found && [found.x, found.y, found.w, found.h];
};

/** No two lie on each other, all are within the grid, and none could fall further up. */
function isSound(boxes: readonly Box[]): boolean {
  const meet = (a: Box, b: Box) =>
    a.i !== b.i && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  return boxes.every(
    (a) =>
      a.x >= 0 &&
      a.y >= 0 &&
      a.x + a.w <= 12 &&
      !boxes.some((b) => meet(a, b)) &&
      (a.y === 0 || boxes.some((b) => meet({ ...a, y: a.y - 1 }, b))),
  );
}

describe('the grid', () => {
  const two = [box('a', 0, 0, 6, 4), box('b', 0, 4, 6, 3)];

  it('moves past the next widget above and below', () => {
    const down = move(two, 'a', 'down');
    expect([at(down, 'a'), at(down, 'b')]).toEqual([
      [0, 3, 6, 4],
      [0, 0, 6, 3],
    ]);
    expect(at(move(down, 'a', 'up'), 'a')).toEqual([0, 0, 6, 4]);
    expect(move(two, 'b', 'down')).toEqual(two);
    expect(move(two, 'gone', 'down')).toEqual(two);
  });

  it('moves aside, pushes down what is in the way, and stays within', () => {
    const beside = [box('a', 0, 0, 6, 2), box('b', 6, 0, 6, 2)];
    const moved = move(beside, 'a', 'right');
    expect([at(moved, 'a'), at(moved, 'b')]).toEqual([
      [1, 0, 6, 2],
      [6, 2, 6, 2],
    ]);
    expect(at(move(beside, 'a', 'left'), 'a')).toEqual([0, 0, 6, 2]);
    expect(at(put(beside, 'a', { x: 40, y: -3, w: 99, h: 99 }), 'a')).toEqual([0, 0, 12, 24]);
  });

  it('resizes down to the least and up to the edge', () => {
    expect(at(resize(two, 'a', 'right'), 'a')).toEqual([0, 0, 7, 4]);
    expect(at(resize([box('a', 10, 0, 2, 2)], 'a', 'right'), 'a')).toEqual([10, 0, 2, 2]);
    expect(at(resize([box('a', 0, 0, 2, 2)], 'a', 'up'), 'a')).toEqual([0, 0, 2, 2]);
    expect(at(resize(two, 'a', 'down'), 'b')).toEqual([0, 5, 6, 3]);
  });

  it('tells which steps a widget can take', () => {
    const can = (boxes: readonly Box[], id: string, act: Act) =>
      (['left', 'right', 'up', 'down'] as const).filter((each) => canStep(boxes, id, act, each));
    expect(can(two, 'a', 'move')).toEqual(['right', 'down']);
    expect(can(two, 'b', 'move')).toEqual(['right', 'up']);
    expect(can([box('a', 0, 0, 12, 2)], 'a', 'move')).toEqual([]);
    expect(can(two, 'a', 'resize')).toEqual(['left', 'right', 'up', 'down']);
    expect(can([box('a', 10, 0, 2, 2)], 'a', 'resize')).toEqual(['down']);
    expect(can([box('a', 0, 0, 12, 24)], 'a', 'resize')).toEqual(['left', 'up']);
    expect(can(two, 'gone', 'move')).toEqual([]);
    // Another order of the same boxes is no step.
    expect(can([...two].reverse(), 'a', 'move')).toEqual(['right', 'down']);
  });

  it('is sound after any steps', () => {
    let boxes: Box[] = [];
    for (let n = 0; n < 9; n += 1) boxes = append(boxes, `w${n}`, 2 + ((n * 5) % 7), 2 + (n % 4));
    let seed = 7;
    const next = (most: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % most;
    for (let n = 0; n < 400; n += 1) {
      const id = `w${next(9)}`;
      const direction = (['left', 'right', 'up', 'down'] as const)[next(4)] ?? 'up';
      const act = n % 3 === 0 ? 'resize' : 'move';
      boxes = step(boxes, id, act, direction);
      expect(boxes).toHaveLength(9);
      expect(isSound(boxes)).toBe(true);
    }
  });

  it('reads from the top left', () => {
    const boxes = arrange([box('c', 0, 5, 3, 2), box('b', 6, 0, 3, 2), box('a', 0, 0, 3, 2)]);
    expect(inOrder(boxes).map(({ i }) => i)).toEqual(['a', 'b', 'c']);
  });
});

describe('a report', () => {
  it('of the original is read, whatever its lists hold', () => {
    const read = readReport({
      name: 'old',
      widgets: [
        { id: 'a', title: 'A', sql: 'SELECT 1', viz: 'line' },
        { id: 'b', title: 4, viz: 'hologram', sql: 'SELECT 2' },
        {},
      ],
      layout: [{ i: 'a', x: 0, y: 2, w: 6, h: 4, moved: false }, { i: 'a' }, { i: 'gone' }, {}],
    } as never);
    expect(read.widgets).toEqual([
      { id: 'a', title: 'A', sql: 'SELECT 1', viz: 'line' },
      { id: 'b', title: '', sql: 'SELECT 2', viz: 'table' },
      { id: 'w3', title: '', viz: 'table' },
    ]);
    expect(read.layout.map(({ i }) => i)).toEqual(['a', 'b', 'w3']);
    expect(read.variables).toEqual([]);
  });

  it('is the same after it was written and read', () => {
    const draft: Draft = {
      ...begin('overview', 'Weekly', (name) => name),
      variables: [{ name: 'service_name', value: 'pay' }],
      range: '7d',
    };
    const read = readReport(writeReport(draft));
    expect(read).toEqual(draft);
    expect(isSame(read, draft)).toBe(true);
    expect(isSame({ ...read, range: '30d' }, draft)).toBe(false);
    expect(draft.layout).toEqual(arrange(draft.layout));
    expect(freshId(draft.widgets)).toBe('w10');
  });

  it('drops variables without a proper name', () => {
    const settings = {
      id: 'settings',
      viz: 'settings',
      range: 'x',
      variables: [{ name: '1' }, {}, { name: 'ok' }],
    };
    const read = readReport({ name: '', widgets: [settings], layout: [] } as never);
    expect(read).toEqual({
      name: '',
      widgets: [],
      layout: [],
      variables: [{ name: 'ok', value: '' }],
    });
  });
});

describe('the address of a report', () => {
  it('carries values of variables, also with signs of their own', () => {
    const search = readReportSearch({ var: ['a=1=2', 'b=', '9=x', 'nonsense'], edit: '1' });
    expect(search).toEqual({ var: ['a=1=2', 'b='], edit: '1' });
    expect(valuesIn(search)).toEqual({ a: '1=2', b: '' });
    expect(withVariable(search, 'a', '3')).toEqual(['b=', 'a=3']);
    expect(withVariable({ var: ['a=1'] }, 'a', undefined)).toBeUndefined();
    expect(readReportSearch({ edit: 'yes' })).toEqual({});
  });
});

describe('what a report is asked with', () => {
  const variables = [
    { name: 'service_name', value: 'checkout' },
    { name: 'limit', value: '5' },
    { name: 'method', value: '' },
  ];

  it("is the report's own until the reader chooses", () => {
    expect(paramsOf({ variables, range: '7d' }, 'p1', { project: 'p2' })).toEqual({
      project: 'p1',
      filters: { project: 'p1', range: '7d', service: ['checkout'] },
      values: { service_name: 'checkout', limit: '5', method: '' },
    });
  });

  it('is what the reader chose', () => {
    const search = { project: 'p2', range: '24h', var: ['service_name=', 'limit=9', 'gone=1'] };
    expect(paramsOf({ variables, range: '7d' }, '', readReportSearch(search))).toEqual({
      project: 'p2',
      filters: { project: 'p2', range: '24h' },
      values: { service_name: '', limit: '9', method: '' },
    });
    const days = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' };
    expect(paramsOf({ variables: [], range: '7d' }, '', days).filters).toEqual(days);
  });

  it('knows filters by their names alone', () => {
    expect(filterOf('environment')).toBe('environment');
    expect(filterOf('constructor')).toBeUndefined();
  });
});

describe('ready-made questions', () => {
  const stats = {
    total: 10,
    errors_4xx: 1,
    errors_5xx: 2,
    avg_response_time: 12.5,
    p95_response_time: 80,
    by_service: [
      { service_name: 'a', requests: 2, errors: 0, avg_response_time: 1.4, last_event: '' },
      { service_name: 'b', requests: 8, errors: 3, avg_response_time: 9.6, last_event: '' },
    ],
    by_status_class: { '5xx': 2, '2xx': 7 },
    timeline: [{ hour: '2026-01-31T08:00:00.000Z', count: 3, errors_4xx: 1, errors_5xx: 0 }],
  };
  const ask = (name: Parameters<typeof answerOf>[0]) =>
    answerOf(name, { stats: stats as never, insights: undefined }, (key) => key);

  it('answer like a query', () => {
    expect(ask('errorShare')).toEqual({ columns: ['share'], rows: [[0.3]] });
    expect(ask('services')?.rows).toEqual([
      ['b', 8, 3, 10],
      ['a', 2, 0, 1],
    ]);
    expect(ask('classes')?.rows).toEqual([
      ['2xx', 7],
      ['5xx', 2],
    ]);
    expect(ask('endpoints')).toBeUndefined();
  });

  it('can each be shown somehow', () => {
    for (const name of QUESTION_NAMES) expect(looksOf(name).length).toBeGreaterThan(0);
  });
});
