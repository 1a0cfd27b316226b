// What can stand at a place of a query. Pure: the editor shows it.
import { FUNCTIONS, KEYWORDS, type SchemaTable, TABLES } from './schema';
import { type Piece, nameOf, pieces } from './tokens';

export interface Offer {
  label: string;
  kind: 'table' | 'column' | 'function' | 'keyword' | 'variable';
  /** A column's type or a function's parameters. */
  detail?: string;
  /** What is written, where it is not the label; `|` is where the cursor goes. */
  apply?: string;
  /** Offers that fit better stand higher. */
  boost?: number;
}

export interface Completion {
  /** Where the word begins that is replaced. */
  from: number;
  offers: readonly Offer[];
}

const NAMES = /[A-Za-z_][A-Za-z0-9_]*$/;
const VARIABLE = /\{\{\s*(\w*)$/;

/**
 * The offers at `at`; nothing within texts and comments, and nothing where no word has begun unless `asked` for.
 * `variables` are the names that may stand in double braces.
 */
export function complete(
  sql: string,
  at: number,
  asked: boolean,
  variables: readonly string[],
): Completion | undefined {
  const before = sql.slice(0, at);
  const variable = VARIABLE.exec(before);
  if (variable !== null) {
    const from = at - (variable[1] ?? '').length;
    const closed = sql.startsWith('}}', at);
    const apply = (name: string) => (closed ? name : `${name}}}`);
    return {
      from,
      offers: variables.map((name) => ({ label: name, kind: 'variable', apply: apply(name) })),
    };
  }
  const all = pieces(sql);
  if (all.some((piece) => isClosed(piece) && piece.from < at && at < piece.to + ending(piece))) {
    return undefined;
  }
  const word = NAMES.exec(before)?.[0] ?? '';
  const from = at - word.length;
  const left = all.filter((piece) => piece.to <= from && piece.kind !== 'comment');
  const last = left.at(-1);
  if (last?.text === '.' && last.to === from) return ofTable(all, left.at(-2), from);
  if (word === '' && !asked) return undefined;
  if (/\d$/.test(before.slice(0, from)) || (last?.kind === 'symbol' && last.text === '{'))
    return undefined;
  const wantsTable = last?.kind === 'word' && /^(from|join)$/i.test(last.text);
  const tables = TABLES.map(({ name }): Offer => ({
    label: name,
    kind: 'table',
    boost: wantsTable ? 3 : 0,
  }));
  if (wantsTable) return { from, offers: tables };
  return { from, offers: [...columnsOf(mentioned(all)), ...tables, ...functions(), ...keywords()] };
}

/** The tables a query reads; both while it names none. */
function mentioned(all: readonly Piece[]): readonly SchemaTable[] {
  const named = TABLES.filter(({ name }) => all.some((piece) => nameOf(piece) === name));
  return named.length === 0 ? TABLES : named;
}

/** Columns of what stands before a dot: a table, or an alias of one. */
function ofTable(
  all: readonly Piece[],
  owner: Piece | undefined,
  from: number,
): Completion | undefined {
  const name = owner && nameOf(owner);
  if (name === undefined) return undefined;
  const real = all.findIndex((piece, index) => {
    const next = all[index + 1];
    const alias = /^as$/i.test(next?.text ?? '') ? all[index + 2] : next;
    return TABLES.some((table) => table.name === nameOf(piece)) && alias && nameOf(alias) === name;
  });
  const table = TABLES.find((each) => each.name === (all[real]?.text ?? name));
  return table && { from, offers: columnsOf([table]) };
}

function columnsOf(tables: readonly SchemaTable[]): Offer[] {
  const found = new Map<string, Offer>();
  for (const table of tables) {
    for (const { name, type } of table.columns) {
      found.set(name, { label: name, kind: 'column', detail: type, boost: 2 });
    }
  }
  return [...found.values()];
}

function functions(): Offer[] {
  return FUNCTIONS.map(([label, parameters]) => ({
    label,
    kind: 'function',
    detail: `(${parameters})`,
    apply: parameters === '' ? `${label}()|` : `${label}(|)`,
  }));
}

function keywords(): Offer[] {
  return KEYWORDS.map((label) => ({ label, kind: 'keyword', boost: -1 }));
}

function isClosed({ kind }: Piece): boolean {
  return kind === 'text' || kind === 'comment' || kind === 'quoted';
}

/** Behind a line comment, or what has no end yet, one is still within it. */
function ending({ kind, text }: Piece): number {
  if (kind === 'comment') return text.startsWith('--') || !text.endsWith('*/') ? 1 : 0;
  return text.length > 1 && text.endsWith(text[0] ?? '') ? 0 : 1;
}
