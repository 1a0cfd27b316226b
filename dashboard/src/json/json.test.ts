import { describe, expect, it } from 'vitest';
import { toLines, toText, visible } from './lines';
import { RawJsonError, decodeString, member, parseRaw, scalarText } from './raw';

describe('parseRaw and toText', () => {
  it.each([
    '9007199254740993',
    '-12345678901234567890.50',
    '1e400',
    '"\\u0000 \\" \\/ é"',
    'null',
    '{}',
    '[]',
  ])('keeps %s to the letter', (text) => expect(toText(parseRaw(text))).toBe(text));

  it('lays out nested values, in order, with repeated keys', () => {
    const text = '{"b":[1,{"id":18446744073709551615}],"a":{},"a":[]}';
    expect(toText(parseRaw(text))).toBe(
      [
        '{',
        '  "b": [',
        '    1,',
        '    {',
        '      "id": 18446744073709551615',
        '    }',
        '  ],',
        '  "a": {},',
        '  "a": []',
        '}',
      ].join('\n'),
    );
  });

  it('agrees with JSON.parse on what the values are', () => {
    const value = { a: [1, -2.5, 'x\n"y"', true, null, { b: [] }], 'k"ey': '\u2028' };
    expect(JSON.parse(toText(parseRaw(JSON.stringify(value))))).toEqual(value);
  });

  it.each([
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    '01',
    '"\n"',
    '1 2',
    'nul',
    '{"a" 1}',
    '[,1]',
    '+1',
  ])('refuses %j', (text) => expect(() => parseRaw(text)).toThrow(RawJsonError));

  it('does not quote content in errors, and stops at absurd depth', () => {
    expect(() => parseRaw('{"password": hunter2}')).toThrow(/^not JSON at position \d+$/);
    expect(() => parseRaw('['.repeat(100_000))).toThrow(/nested deeper/);
  });
});

describe('pieces', () => {
  it('marks keys, strings, numbers and literals', () => {
    const kinds = toLines(parseRaw('{"k":"s","n":1,"l":true}')).flatMap((line) =>
      line.pieces.map(({ kind }) => kind),
    );
    expect(new Set(kinds)).toEqual(new Set(['mark', 'key', 'string', 'number', 'literal']));
  });

  it('shows characters that reorder text', () => {
    expect(visible('a\u202eb')).toBe('a\\u202eb');
  });
});

describe('reading members', () => {
  const event = parseRaw('{"id":"e1","response_time":12,"ip":"","x":null,"p\\u0061th":"\\/a\\tb"}');

  it('gives scalars as text and nothing for empty ones', () => {
    expect(scalarText(member(event, 'id'))).toBe('e1');
    expect(scalarText(member(event, 'response_time'))).toBe('12');
    expect(scalarText(member(event, 'path'))).toBe('/a\tb');
    expect(scalarText(member(event, 'ip'))).toBeUndefined();
    expect(scalarText(member(event, 'x'))).toBeUndefined();
    expect(scalarText(member(event, 'missing'))).toBeUndefined();
  });

  it('decodes escapes and surrogate pairs', () => {
    expect(decodeString('"\\ud83e\\udd87 \\\\n"')).toBe('🦇 \\n');
  });
});
