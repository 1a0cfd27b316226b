// A row on a phone: its columns in lines below each other, each line on the same three tracks.
import { type ColumnName, DEFAULT_COLUMNS } from './columns';

const REQUEST: readonly ColumnName[] = ['status', 'method', 'path'];
const WHEN: readonly ColumnName[] = ['time', 'service', 'duration'];
const REQUEST_PX = 24;
const LINE_PX = 20;
const SIDES_PX = 10;
/** What a finger finds. */
const LEAST_PX = 44;

/** The columns a phone shows: those that were chosen, and of the usual ones those that say the most. */
export function phoneColumns(columns: readonly ColumnName[]): readonly ColumnName[] {
  if (columns.join() !== DEFAULT_COLUMNS.join()) return columns;
  return columns.filter((name) => name !== 'identifier' && name !== 'environment');
}

export interface PhoneRow {
  /** For grid-template-areas and grid-template-rows. */
  areas: string;
  lines: string;
  height: number;
}

export function phoneRow(columns: readonly ColumnName[]): PhoneRow {
  const chosen = (of: readonly ColumnName[]) => of.filter((name) => columns.includes(name));
  const request = chosen(REQUEST);
  // The duration stands at the end of what the service has.
  const when = new Set(chosen(WHEN).map((name) => (name === 'time' ? name : 'last')));
  const others = columns.filter((name) => !REQUEST.includes(name) && !WHEN.includes(name));
  const lines = [
    { names: request, px: REQUEST_PX },
    { names: [...when], px: LINE_PX },
    ...pairs(others).map((names) => ({ names, px: LINE_PX })),
  ].filter(({ names }) => names.length > 0);
  return {
    areas: lines.map(({ names }) => `'${onTracks(names).join(' ')}'`).join(' '),
    lines: lines.map(({ px }) => `${px}px`).join(' '),
    height: Math.max(
      LEAST_PX,
      lines.reduce((sum, { px }) => sum + px, SIDES_PX),
    ),
  };
}

function pairs(names: readonly ColumnName[]): ColumnName[][] {
  return Array.from({ length: Math.ceil(names.length / 2) }, (_, at) =>
    names.slice(at * 2, at * 2 + 2),
  );
}

/** Spreads up to three names: the first track is as wide as a status, with the second as a time. */
function onTracks([first = '.', second = first, third]: readonly string[]): string[] {
  if (third !== undefined) return [first, second, third];
  return first === 'status' ? [first, second, second] : [first, first, second];
}
