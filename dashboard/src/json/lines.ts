// Lays raw JSON out as indented lines of coloured pieces. The pieces are text, never markup.
import type { RawJson } from './raw';

export type PieceKind = 'key' | 'string' | 'number' | 'literal' | 'mark';

export interface Piece {
  kind: PieceKind;
  text: string;
}

export interface Line {
  indent: number;
  pieces: Piece[];
}

export function toLines(value: RawJson): Line[] {
  const lines: Line[] = [{ indent: 0, pieces: [] }];
  write(value, 0, lines);
  return lines;
}

/** The same layout as plain text, for copying. */
export function toText(value: RawJson): string {
  return toLines(value)
    .map(({ indent, pieces }) => '  '.repeat(indent) + pieces.map(({ text }) => text).join(''))
    .join('\n');
}

function write(value: RawJson, indent: number, lines: Line[]): void {
  if (value.kind === 'object') {
    const elements = value.members.map(({ rawKey, value: inner }) => ({
      lead: [piece('key', visible(rawKey)), piece('mark', ': ')],
      inner,
    }));
    writeBlock(['{', '}'], elements, indent, lines);
  } else if (value.kind === 'array') {
    const elements = value.items.map((inner) => ({ lead: [], inner }));
    writeBlock(['[', ']'], elements, indent, lines);
  } else {
    append(lines, piece(value.kind, value.kind === 'string' ? visible(value.raw) : value.raw));
  }
}

function writeBlock(
  [open, close]: [string, string],
  elements: { lead: Piece[]; inner: RawJson }[],
  indent: number,
  lines: Line[],
): void {
  append(lines, piece('mark', elements.length === 0 ? open + close : open));
  if (elements.length === 0) return;
  elements.forEach(({ lead, inner }, index) => {
    lines.push({ indent: indent + 1, pieces: [...lead] });
    write(inner, indent + 1, lines);
    if (index < elements.length - 1) append(lines, piece('mark', ','));
  });
  lines.push({ indent, pieces: [piece('mark', close)] });
}

function append(lines: Line[], added: Piece): void {
  lines.at(-1)?.pieces.push(added);
}

function piece(kind: PieceKind, text: string): Piece {
  return { kind, text };
}

/** Characters that change the order or the presence of what is read are shown as escapes. */
export function visible(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
