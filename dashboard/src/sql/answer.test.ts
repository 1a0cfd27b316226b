import { describe, expect, it } from 'vitest';
import { bars, choose, kindsOf, shares, suggest, timePoints } from './chart';
import { cellText, columnsOf, exactText } from './columns';
import { toCsv } from './csv';

const HOUR = 3_600_000;
const at = (hour: number) => new Date(Date.UTC(2026, 0, 31, hour)).toISOString();

describe('columns', () => {
  it('are told by their values', () => {
    const columns = ['n', 'big', 'f', 't', 'd', 's', 'b', 'j', 'none', 'mixed'];
    const rows = [
      [1, '18446744073709551615', 0.5, at(1), '2026-01-31', 'x', true, [1], null, '7'],
      [2, '-3', 1, '2026-01-31T08:00:00Z', '2026-02-01', '1', false, {}, null, 'x'],
    ];
    const kinds = columnsOf({ columns, rows }).map(({ kind }) => kind);
    expect(kinds).toEqual([
      ...[
        'integer',
        'integer',
        'number',
        'time',
        'date',
        'text',
        'boolean',
        'json',
        'nothing',
        'text',
      ],
    ]);
  });

  it('of the tables keep their type: an identifier of digits is a text', () => {
    const answer = { columns: ['identifier', 'count()'], rows: [['7', '7']] };
    expect(columnsOf(answer).map(({ kind }) => kind)).toEqual(['text', 'integer']);
    expect(columnsOf({ columns: ['x'], rows: [['007']] })[0]?.kind).toBe('number');
  });

  it('are written without losing digits', () => {
    expect(cellText('18446744073709551615', 'integer')).toBe('18446744073709551615');
    expect(cellText('1234567', 'integer')).toBe('1,234,567');
    expect(cellText(0.123456789, 'number')).toBe('0.123457');
    expect(exactText([1, 'a'])).toBe('[1,"a"]');
    expect(exactText(null)).toBe('');
  });
});

describe('charts', () => {
  const overTime = {
    columns: ['hour', 'requests', 'errors'],
    rows: [
      [at(1), '10', '1'],
      [at(2), '20', '2'],
      [at(4), '40', '4'],
    ],
  };

  it('are a time series where there are times, with a gap where an hour is missing', () => {
    const choice = suggest(overTime);
    expect(choice).toEqual({ kind: 'line', x: 0, values: [1, 2] });
    const points = timePoints(overTime, choice ?? { kind: 'line', x: 0, values: [] });
    expect(points.step).toBe(HOUR);
    expect(points.times.map((time) => new Date(time).getUTCHours())).toEqual([1, 2, 3, 4]);
    expect(points.series.map(({ values }) => values)).toEqual([
      [10, 20, undefined, 40],
      [1, 2, undefined, 4],
    ]);
  });

  it('have a series for each name, the largest first, and say how many did not fit', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const rows = names.flatMap((name, index) => [
      [at(1), name, String(index)],
      [at(2), name, String(index * 10)],
    ]);
    const answer = { columns: ['hour', 'service_name', 'count()'], rows };
    const choice = suggest(answer);
    expect(choice).toEqual({ kind: 'line', x: 0, values: [2], by: 1 });
    const points = timePoints(answer, choice ?? { kind: 'line', x: 0, values: [] });
    expect([points.series.map(({ name }) => name), points.left]).toEqual([['f', 'e', 'd', 'c'], 2]);
  });

  it('are bars where there are names, and no chart where there are no numbers', () => {
    const answer = {
      columns: ['route', 'count()'],
      rows: [
        ['/a', '1'],
        ['/b', '5'],
        ['/a', '2'],
      ],
    };
    expect(suggest(answer)).toEqual({ kind: 'bars', x: 0, values: [1] });
    expect(bars(answer, { kind: 'bars', x: 0, values: [1] })).toEqual({
      bars: [
        { name: '/b', value: 5 },
        { name: '/a', value: 3 },
      ],
      left: 0,
    });
    const texts = { columns: ['route'], rows: [['/a'], ['/b']] };
    expect(kindsOf(columnsOf(texts))).toEqual([]);
    expect(suggest(texts)).toBeUndefined();
    expect(choose('line', columnsOf(answer))).toBeUndefined();
  });

  it('sum up the small parts of a whole', () => {
    const rows = Array.from({ length: 9 }, (_, index) => [`n${index}`, index]);
    const parts = shares({ columns: ['n', 'v'], rows }, { kind: 'pie', x: 0, values: [1] }, 'rest');
    expect(parts.map(({ name }) => name)).toEqual(['n8', 'n7', 'n6', 'n5', 'n4', 'rest']);
    expect(parts.at(-1)?.value).toBe(6);
  });

  it('keep times that are on no even grid', () => {
    const days = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'];
    const points = timePoints(
      { columns: ['month', 'n'], rows: days.map((day) => [day, 1]) },
      { kind: 'columns', x: 0, values: [1] },
    );
    expect(points.times).toHaveLength(4);
  });
});

describe('a CSV file', () => {
  it('quotes what needs it, and lets nothing become a formula', () => {
    const answer = {
      columns: ['=head', 'n', 'text'],
      rows: [
        ['=1+1', -5, 'a,"b"\nc'],
        ['@x', '-6', '-7'],
        ['+1', 7, null],
        ['\tx', '8', '=HYPERLINK("http://x")'],
      ],
    };
    expect(toCsv(answer)).toBe(
      [
        "'=head,n,text",
        '\'=1+1,-5,"a,""b""\nc"',
        "'@x,-6,'-7",
        "'+1,7,",
        '\'\tx,8,"\'=HYPERLINK(""http://x"")"',
        '',
      ].join('\r\n'),
    );
  });
});
