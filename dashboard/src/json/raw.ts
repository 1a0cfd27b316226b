// Reads JSON without losing anything: numbers stay the digits that were sent (an id above 2^53 is
// shown as it is), keys keep their order, and a repeated key stays repeated.

export type RawJson =
  | { kind: 'object'; members: readonly RawMember[] }
  | { kind: 'array'; items: readonly RawJson[] }
  | { kind: 'string'; raw: string }
  | { kind: 'number'; raw: string }
  | { kind: 'literal'; raw: 'true' | 'false' | 'null' };

export interface RawMember {
  /** The key as written, with its quotes. */
  rawKey: string;
  value: RawJson;
}

export class RawJsonError extends Error {}

const MAX_DEPTH = 512;
const SPACE = /[ \t\n\r]*/y;
// Anything from the space on, except the quote and the backslash, which is read as an escape.
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;

/** Parses one JSON text. Errors name the place, never the content. */
export function parseRaw(text: string): RawJson {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): RawJson {
    if (depth > MAX_DEPTH) throw new RawJsonError(`nested deeper than ${MAX_DEPTH} levels`);
    this.take(SPACE);
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return { kind: 'string', raw: this.expect(STRING) };
      case 't':
      case 'f':
      case 'n':
        return { kind: 'literal', raw: this.expect(LITERAL) as 'true' | 'false' | 'null' };
      default:
        return { kind: 'number', raw: this.expect(NUMBER) };
    }
  }

  end(): void {
    this.take(SPACE);
    if (this.at !== this.text.length) this.fail();
  }

  private object(depth: number): RawJson {
    const members: RawMember[] = [];
    this.at += 1;
    while (!this.closes('}', members.length === 0)) {
      this.take(SPACE);
      const rawKey = this.expect(STRING);
      this.take(SPACE);
      this.character(':');
      members.push({ rawKey, value: this.value(depth + 1) });
    }
    return { kind: 'object', members };
  }

  private array(depth: number): RawJson {
    const items: RawJson[] = [];
    this.at += 1;
    while (!this.closes(']', items.length === 0)) items.push(this.value(depth + 1));
    return { kind: 'array', items };
  }

  /** Steps over the closing bracket, or over the comma that announces another element. */
  private closes(bracket: string, first: boolean): boolean {
    this.take(SPACE);
    if (this.text[this.at] === bracket) {
      this.at += 1;
      return true;
    }
    if (!first) {
      this.character(',');
      this.take(SPACE);
      if (this.text[this.at] === bracket) this.fail();
    }
    return false;
  }

  private character(expected: string): void {
    if (this.text[this.at] !== expected) this.fail();
    this.at += 1;
  }

  private expect(pattern: RegExp): string {
    const found = this.take(pattern);
    if (found === '') this.fail();
    return found;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private fail(): never {
    throw new RawJsonError(`not JSON at position ${this.at}`);
  }
}

const SHORT_ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The text a string token stands for. */
export function decodeString(raw: string): string {
  return raw
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, short: string) =>
      hex === undefined ? (SHORT_ESCAPES[short] ?? short) : String.fromCharCode(parseInt(hex, 16)),
    );
}

/** The value of a member, when `value` is an object that has it. */
export function member(value: RawJson, key: string): RawJson | undefined {
  if (value.kind !== 'object') return undefined;
  return value.members.find(({ rawKey }) => decodeString(rawKey) === key)?.value;
}

/** A scalar as text; nothing for null, an empty string, objects and arrays. */
export function scalarText(value: RawJson | undefined): string | undefined {
  if (value === undefined || value.kind === 'object' || value.kind === 'array') return undefined;
  const text = value.kind === 'string' ? decodeString(value.raw) : value.raw;
  return text === '' || (value.kind === 'literal' && text === 'null') ? undefined : text;
}
