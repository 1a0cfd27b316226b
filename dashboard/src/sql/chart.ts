// Which charts an answer can be, and the points of one. Pure: ResultChart draws them.
import {
  type Answer,
  type ResultColumn,
  columnsOf,
  exactText,
  isNumeric,
  isTemporal,
  numberOf,
} from './columns';

export const CHART_KINDS = ['line', 'columns', 'bars', 'pie'] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

/** Columns by their place in the answer. */
export interface ChartChoice {
  kind: ChartKind;
  /** Times of a line or columns; names of bars and of a pie. */
  x: number;
  values: readonly number[];
  /** Splits one value into a series for each of its names. */
  by?: number | undefined;
}

/** Series a chart shows at most, and names bars and pies have. */
export const MAX_SERIES = 4;
export const MAX_BARS = 30;
const MAX_SHARES = 6;
const MAX_POINTS = 2_000;

/** The kinds an answer can be drawn as. */
export function kindsOf(columns: readonly ResultColumn[]): ChartKind[] {
  if (!columns.some(isNumeric)) return [];
  const kinds: ChartKind[] = columns.some(isTemporal) ? ['line', 'columns'] : [];
  if (columns.some((column) => isName(column))) kinds.push('bars', 'pie');
  return kinds;
}

function isName(column: ResultColumn): boolean {
  return !isNumeric(column) && column.kind !== 'json' && column.kind !== 'nothing';
}

/** The columns that fit a kind; nothing when none do. */
export function choose(kind: ChartKind, columns: readonly ResultColumn[]): ChartChoice | undefined {
  if (!kindsOf(columns).includes(kind)) return undefined;
  const numbers = columns.filter(isNumeric).map(({ index }) => index);
  const names = columns.filter((column) => isName(column) && !isTemporal(column));
  if (kind === 'bars' || kind === 'pie') {
    const x = (names[0] ?? columns.find(isName))?.index;
    return x === undefined ? undefined : { kind, x, values: numbers.slice(0, 1) };
  }
  const x = columns.find(isTemporal)?.index;
  if (x === undefined) return undefined;
  const by = names[0]?.index;
  if (by !== undefined) return { kind, x, values: numbers.slice(0, 1), by };
  return { kind, x, values: numbers.slice(0, MAX_SERIES) };
}

/** The chart an answer is shown as unless the reader chooses another: a time series, else bars. */
export function suggest(answer: Answer): ChartChoice | undefined {
  const columns = columnsOf(answer);
  const kind = kindsOf(columns)[0];
  return kind === undefined || answer.rows.length < 2 ? undefined : choose(kind, columns);
}

export interface TimePoints {
  times: number[];
  step: number;
  series: { name: string; values: (number | undefined)[] }[];
  /** Series that did not fit. */
  left: number;
}

/** A point for each time; what the answer leaves out is unknown. */
export function timePoints(answer: Answer, choice: ChartChoice): TimePoints {
  const found = new Map<number, Map<string, number>>();
  const totals = new Map<string, number>();
  for (const row of answer.rows) {
    const time = Date.parse(String(row[choice.x]));
    if (Number.isNaN(time)) continue;
    const at = found.get(time) ?? new Map<string, number>();
    found.set(time, at);
    for (const index of choice.values) {
      const value = numberOf(row[index]);
      if (value === undefined) continue;
      const name =
        choice.by === undefined ? (answer.columns[index] ?? '') : exactText(row[choice.by]);
      at.set(name, (at.get(name) ?? 0) + value);
      totals.set(name, (totals.get(name) ?? 0) + Math.abs(value));
    }
  }
  const names = [...totals.keys()];
  // Columns keep their order; of many names those with the most are shown.
  if (choice.by !== undefined) names.sort((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0));
  const { times, step } = grid([...found.keys()].sort((a, b) => a - b));
  const shown = names.slice(0, MAX_SERIES);
  return {
    times,
    step,
    series: shown.map((name) => ({
      name,
      values: times.map((time) => found.get(time)?.get(name)),
    })),
    left: names.length - shown.length,
  };
}

/** Even steps from the first time to the last, where all times are on them; else the times as they are. */
function grid(times: number[]): { times: number[]; step: number } {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const step = Math.min(...gaps);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || gaps.length === 0)
    return { times, step: 60_000 };
  const even = gaps.every((gap) => gap % step === 0);
  if (!even || (last - first) / step >= MAX_POINTS) return { times, step };
  return {
    times: Array.from({ length: (last - first) / step + 1 }, (_, at) => first + at * step),
    step,
  };
}

export interface Named {
  name: string;
  value: number;
}

/** Names with their values, the largest first, and how many did not fit. */
export function bars(answer: Answer, choice: ChartChoice): { bars: Named[]; left: number } {
  const all = sums(answer, choice);
  return { bars: all.slice(0, MAX_BARS), left: Math.max(0, all.length - MAX_BARS) };
}

/** The largest parts of a whole; the rest is one part, named `rest`. */
export function shares(answer: Answer, choice: ChartChoice, rest: string): Named[] {
  const all = sums(answer, choice).filter(({ value }) => value > 0);
  if (all.length <= MAX_SHARES) return all;
  const others = all.slice(MAX_SHARES - 1).reduce((sum, { value }) => sum + value, 0);
  return [...all.slice(0, MAX_SHARES - 1), { name: rest, value: others }];
}

function sums(answer: Answer, { x, values: [index = 0] }: ChartChoice): Named[] {
  const found = new Map<string, number>();
  for (const row of answer.rows) {
    const value = numberOf(row[index]);
    const name = exactText(row[x]);
    if (value !== undefined) found.set(name, (found.get(name) ?? 0) + value);
  }
  return [...found].map(([name, value]) => ({ name, value })).sort((a, b) => b.value - a.value);
}
