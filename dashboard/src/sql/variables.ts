// Placeholders of a query: `{{name}}` stands for a value. The original's `{{project_id}}`, `{{from}}` and `{{to}}`
// (days) keep their meaning; `{{start}}` and `{{end}}` are the bounds of the range to the second. Pure.
import { type Range, bounds } from '../time/range';

/** Those that need no definition. */
export const BUILT_IN = ['start', 'end', 'from', 'to', 'project_id'] as const;

export type Values = Readonly<Record<string, string | undefined>>;

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

/** The values that project and time range give. Times are UTC, as the console reads them. */
export function builtIn(range: Range, project: string | undefined, now: number): Values {
  const { start_date, end_date } = bounds(range, now);
  const start = start_date === undefined ? 0 : Date.parse(start_date);
  const end = end_date === undefined ? now : Date.parse(end_date);
  return {
    start: second(start),
    end: second(end),
    from: day(start),
    to: day(end),
    project_id: project,
  };
}

/** The names of the placeholders, each once. */
export function namesIn(sql: string): string[] {
  return [...new Set([...sql.matchAll(PLACEHOLDER)].map(([, name = '']) => name))];
}

export interface Filled {
  sql: string;
  /** Placeholders without a value, which were left as they are. */
  missing: readonly string[];
  /** The place in the query as it was written of a place in the filled one. */
  back: (at: number) => number;
}

/** Puts the values in. They are escaped as within quotes, which numbers survive. */
export function fill(sql: string, values: Values): Filled {
  const missing: string[] = [];
  const shifts: { from: number; to: number; written: number; length: number }[] = [];
  let filled = '';
  let read = 0;
  for (const { 0: whole, 1: name = '', index } of sql.matchAll(PLACEHOLDER)) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) missing.push(name);
    const text = value === undefined ? whole : value.replace(/[\\']/g, '\\$&');
    filled += sql.slice(read, index);
    shifts.push({
      from: filled.length,
      to: filled.length + text.length,
      written: index,
      length: whole.length,
    });
    filled += text;
    read = index + whole.length;
  }
  const back = (at: number) => {
    const shift = shifts.findLast(({ from }) => from <= at);
    if (shift === undefined) return at;
    return at < shift.to ? shift.written : shift.written + shift.length + (at - shift.to);
  };
  return { sql: filled + sql.slice(read), missing: [...new Set(missing)], back };
}

function second(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
