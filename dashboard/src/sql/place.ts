// Where in a query the server's objection belongs. Pure. In: the text that was sent and what was answered. Out: a
// stretch of the text, or nothing when the sentence names no place.
import { type Piece, pieces } from './tokens';

export interface Place {
  from: number;
  to: number;
}

export interface At {
  /** From 1. */
  line: number;
  column: number;
}

/** Line and column of a place. */
export function lineOf(sql: string, at: number): At {
  const before = sql.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

export function placeOf(sql: string, message: string): Place | undefined {
  const all = pieces(sql);
  return byPosition(sql, all, message) ?? byCharacter(all, message) ?? byName(all, message);
}

/** "Syntax error: failed at position 8 (FORM)": counted in bytes, from 1, of the text without what the server trims. */
function byPosition(sql: string, all: readonly Piece[], message: string): Place | undefined {
  const position = /failed at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return undefined;
  // Comments become spaces, and spaces at the beginning are trimmed.
  const first = all.find(({ kind }) => kind !== 'comment')?.from ?? 0;
  const from = first + charactersOf(sql.slice(first), Number(position) - 1);
  const piece = all.find((each) => each.from <= from && from < each.to);
  if (piece !== undefined) return { from: piece.from, to: piece.to };
  // The end of the query: its last word is what is not finished.
  const last = all.filter(({ kind }) => kind !== 'comment').at(-1);
  return last && { from: last.from, to: last.to };
}

/** "'{' can only stand within a text". */
function byCharacter(all: readonly Piece[], message: string): Place | undefined {
  const character = /'(.)' can only stand/iu.exec(message)?.[1];
  return found(all, (piece) => piece.kind === 'symbol' && piece.text === character);
}

/** A name in backticks, quotes, or at a known place of the sentence, where it stands in the query. */
function byName(all: readonly Piece[], message: string): Place | undefined {
  const quoted = [...message.matchAll(/[`']([^`']+)[`']/g)].map(([, name = '']) => name);
  const plain = /(?:function|identifier|column|alias|table)(?: with name)? ([A-Za-z_]\w*)/i.exec(
    message,
  )?.[1];
  const upper = /\b(FORMAT|SETTINGS|OUTFILE)\b|the name (file)/.exec(message);
  for (const name of [...quoted, plain, upper?.[1] ?? upper?.[2]]) {
    if (name === undefined) continue;
    // `a.path` is written in pieces; its last one is the name.
    const last = name.split('.').at(-1)?.toLowerCase();
    const at = found(
      all,
      ({ kind, text }) =>
        (kind === 'word' || kind === 'quoted') && text.replace(/["`]/g, '').toLowerCase() === last,
    );
    if (at !== undefined) return at;
  }
  if (/single statement/i.test(message)) return found(all, ({ text }) => text === ';');
  if (/only SELECT/i.test(message)) return found(all, ({ kind }) => kind !== 'comment');
  return undefined;
}

function found(all: readonly Piece[], is: (piece: Piece) => boolean): Place | undefined {
  const piece = all.find(is);
  return piece && { from: piece.from, to: piece.to };
}

/** How many UTF-16 units the first `bytes` bytes of a text in UTF-8 are. */
function charactersOf(text: string, bytes: number): number {
  let [read, units] = [0, 0];
  for (const character of text) {
    if (read >= bytes) break;
    const code = character.codePointAt(0) ?? 0;
    read += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += character.length;
  }
  return units;
}
