// The words of a query, as query-api cuts them: texts, comments and quoted names are none. Pure.

export interface Word {
  text: string;
  from: number;
  to: number;
}

const PIECE =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:\\[\s\S]|''|[^'\\])*(?:'|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|[A-Za-z0-9_]+|[^\s]/g;

export type Kind = 'word' | 'quoted' | 'text' | 'comment' | 'symbol';

export interface Piece extends Word {
  kind: Kind;
}

/** Everything but spaces, in order. What has no end ends with the query. */
export function pieces(sql: string): Piece[] {
  return [...sql.matchAll(PIECE)].map(({ 0: text, index }) => ({
    text,
    from: index,
    to: index + text.length,
    kind: kindOf(text),
  }));
}

function kindOf(text: string): Kind {
  if (text.startsWith('--') || text.startsWith('/*')) return 'comment';
  if (text.startsWith("'")) return 'text';
  if (/^["`]/.test(text)) return 'quoted';
  return /^\w/.test(text) ? 'word' : 'symbol';
}

/** The name a word or a quoted name stands for. */
export function nameOf({ kind, text }: Piece): string | undefined {
  if (kind === 'word') return text;
  return kind === 'quoted' ? text.slice(1).replace(/["`]$/, '') : undefined;
}
