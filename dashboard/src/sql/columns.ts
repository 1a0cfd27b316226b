// What the columns of an answer hold. The console answers names and values, and writes whole numbers of 64 bits and
// times as texts: the kind of a column is told from its values. Pure.
import { count, decimal } from '../format/numbers';
import { typeOf } from './schema';

export interface Answer {
  columns: readonly string[];
  rows: readonly (readonly unknown[])[];
}

export type ColumnKind =
  'integer' | 'number' | 'text' | 'time' | 'date' | 'boolean' | 'json' | 'nothing';

export interface ResultColumn {
  name: string;
  kind: ColumnKind;
  index: number;
}

const WHOLE = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

export function columnsOf({ columns, rows }: Answer): ResultColumn[] {
  return columns.map((name, index) => ({ name, index, kind: kindOf(name, rows, index) }));
}

function kindOf(name: string, rows: Answer['rows'], index: number): ColumnKind {
  const values = rows
    .map((row) => row[index])
    .filter((value) => value !== null && value !== undefined);
  const every = (is: (value: unknown) => boolean) => values.every(is);
  const text = (pattern: RegExp) => (value: unknown) =>
    typeof value === 'string' && pattern.test(value);
  if (values.length === 0) return 'nothing';
  if (every((value) => typeof value === 'object')) return 'json';
  if (every((value) => typeof value === 'boolean')) return 'boolean';
  // An identifier of digits is a text: the table says so.
  const isText = typeOf(name) === 'String' && every((value) => typeof value === 'string');
  if (isText) return 'text';
  if (every((value) => Number.isInteger(value) || text(WHOLE)(value))) return 'integer';
  if (every((value) => typeof value === 'number' || text(NUMBER)(value))) return 'number';
  if (every(text(TIME))) return 'time';
  return every(text(DATE)) ? 'date' : 'text';
}

export function isNumeric({ kind }: ResultColumn): boolean {
  return kind === 'integer' || kind === 'number';
}

export function isTemporal({ kind }: ResultColumn): boolean {
  return kind === 'time' || kind === 'date';
}

/** The number a value stands for; nothing for what is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

/** The exact text of a value, as it is copied and downloaded. */
export function exactText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A value as it is read. Digits a number cannot hold stay as they came. */
export function cellText(value: unknown, kind: ColumnKind): string {
  const number = kind === 'integer' || kind === 'number' ? numberOf(value) : undefined;
  if (number === undefined) return exactText(value);
  if (Number.isInteger(number))
    return Number.isSafeInteger(number) ? count(number) : exactText(value);
  return decimal(number, Math.abs(number) < 1 ? 6 : 3);
}
