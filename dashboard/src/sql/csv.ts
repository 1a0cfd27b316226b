// An answer as a CSV file (RFC 4180), written like the server's exports: no spreadsheet takes a text for a formula.
import { type Answer, type ResultColumn, columnsOf, exactText, isNumeric } from './columns';

const FORMULA = /^[=+\-@\t\r\n]/;

export function toCsv(answer: Answer): string {
  const columns = columnsOf(answer);
  const head = columns.map(({ name }) => field(safe(name)));
  const rows = answer.rows.map((row) =>
    columns.map((column) => field(cell(row[column.index], column))),
  );
  return [head, ...rows].map((fields) => `${fields.join(',')}\r\n`).join('');
}

/** Numbers are no formulas, also not negative ones. */
function cell(value: unknown, column: ResultColumn): string {
  return isNumeric(column) ? exactText(value) : safe(exactText(value));
}

function safe(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands a file that was made here to the browser. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download holds the data itself from the next turn on.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
