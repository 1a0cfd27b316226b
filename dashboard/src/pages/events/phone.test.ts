import { expect, it } from 'vitest';
import { COLUMNS, type ColumnName, DEFAULT_COLUMNS } from './columns';
import { phoneColumns, phoneRow } from './phone';

const areasOf = (columns: readonly ColumnName[]) =>
  phoneRow(columns)
    .areas.slice(1, -1)
    .split("' '")
    .map((line) => line.split(' '));
/** Where the stylesheet puts a column. */
const areaOf = (name: ColumnName) => (name === 'service' || name === 'duration' ? 'last' : name);

it('shows the usual columns in two lines, without user and environment', () => {
  const usual = phoneColumns(DEFAULT_COLUMNS);
  expect(usual).toEqual(['time', 'status', 'method', 'path', 'service', 'duration']);
  expect(phoneRow(usual)).toEqual({
    areas: "'status method path' 'time time last'",
    lines: '24px 20px',
    height: 54,
  });
});

it.each<[ColumnName[], string[][], number]>([
  [['identifier', 'name'], [['identifier', 'identifier', 'name']], 44],
  [['time', 'path'], [Array(3).fill('path'), Array(3).fill('time')], 54],
  [
    ['time', 'name', 'email', 'type'],
    [Array(3).fill('time'), ['name', 'name', 'email'], Array(3).fill('type')],
    70,
  ],
  [['status', 'path'], [['status', 'path', 'path']], 44],
])('lays out %s', (columns, lines, height) => {
  expect(areasOf(columns)).toEqual(lines);
  expect(phoneRow(columns).height).toBe(height);
});

it('has a place for every column of every choice, and is as high as its lines', () => {
  for (let choice = 1; choice < 2 ** COLUMNS.length; choice += 1) {
    const columns = phoneColumns(COLUMNS.filter((_, at) => choice & (2 ** at)));
    const areas = areasOf(columns);
    const shown = new Set(areas.flat());
    expect([...shown].sort()).toEqual([...new Set(columns.map(areaOf))].sort());
    // An area is a rectangle, or the browser drops the whole layout.
    const runs = areas.flatMap((line) => line.filter((name, at) => name !== line[at - 1]));
    expect(runs).toHaveLength(shown.size);
    expect(new Set(areas.map(({ length }) => length))).toEqual(new Set([3]));
    const { lines, height } = phoneRow(columns);
    const sizes = lines.split(' ').map((line) => parseInt(line, 10));
    expect(sizes).toHaveLength(areas.length);
    expect(height).toBe(
      Math.max(
        44,
        sizes.reduce((sum, px) => sum + px, 10),
      ),
    );
  }
});
