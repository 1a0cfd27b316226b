import { describe, expect, it } from 'vitest';
import { complete } from './complete';
import { lineOf, placeOf } from './place';
import { pieces } from './tokens';
import { BUILT_IN, builtIn, fill, namesIn } from './variables';

/** The labels offered where `|` stands. */
function offered(text: string, asked = false): string[] {
  const at = text.indexOf('|');
  const found = complete(text.replace('|', ''), at, asked, BUILT_IN);
  return found?.offers.map(({ label }) => label) ?? [];
}

describe('completion', () => {
  it('offers the tables where one is wanted', () => {
    expect(offered('SELECT * FROM a|')).toEqual(['audits', 'audit_summaries']);
    expect(offered('SELECT 1 FROM audits a JOIN |', true)).toEqual(['audits', 'audit_summaries']);
  });

  it('offers the columns of the tables a query reads, also before they are named', () => {
    const all = offered('SELECT st|');
    expect(all).toContain('status_code');
    expect(all).toContain('status_5xx');
    const some = offered('SELECT st| FROM audits');
    expect(some).toContain('status_code');
    expect(some).not.toContain('status_5xx');
  });

  it('knows a table by its alias', () => {
    expect(offered('SELECT s.| FROM audit_summaries AS s')).toContain('p95_ms');
    expect(offered('SELECT s.| FROM audit_summaries s')).not.toContain('path');
    expect(offered('SELECT audits.p| FROM audits')).toContain('path');
    expect(offered('SELECT x.| FROM audits')).toEqual([]);
  });

  it('is quiet in texts, comments and numbers, and until a word begins', () => {
    expect(offered("SELECT 'pa|th'")).toEqual([]);
    expect(offered("SELECT 'pa|")).toEqual([]);
    expect(offered('SELECT 1 -- pa|')).toEqual([]);
    expect(offered('SELECT /* pa| */ 1')).toEqual([]);
    expect(offered('SELECT |')).toEqual([]);
    expect(offered("SELECT 'x' AS na| FROM audits")).toContain('path');
  });

  it('offers placeholders within braces, also in a text', () => {
    expect(offered("WHERE timestamp > '{{st|'")).toEqual([...BUILT_IN]);
    const found = complete("'{{st}}'", 5, false, BUILT_IN);
    expect([found?.from, found?.offers[0]?.apply]).toEqual([3, 'start']);
  });
});

describe('the place of an error', () => {
  const at = (sql: string, message: string) => {
    const place = placeOf(sql, message);
    return place && sql.slice(place.from, place.to);
  };

  it('is what a position in bytes points at, behind comments and letters of several bytes', () => {
    const sql = "-- é\n  SELECT 'é' FROMM audits";
    const bytes = new TextEncoder().encode("SELECT 'é' ").length;
    expect(at(sql, `Query error: Syntax error: failed at position ${bytes + 1} (FROMM)`)).toBe(
      'FROMM',
    );
    expect(at('SELECT 1 +', 'Syntax error: failed at position 11 (end of query)')).toBe('+');
  });

  it('is the name that is not known', () => {
    const sql = "SELECT 'paht', a.paht FROM audits a";
    expect(placeOf(sql, 'Query error: Unknown expression identifier `a.paht`.')).toEqual({
      from: 17,
      to: 21,
    });
    expect(at('SELECT cuont() FROM audits', 'Function with name `cuont` does not exist')).toBe(
      'cuont',
    );
    expect(at('SELECT 1 FORMAT JSON', 'Query rejected: FORMAT is not available here.')).toBe(
      'FORMAT',
    );
  });

  it('is what the console does not take', () => {
    expect(at("SELECT '{' , {a}", "Query rejected: '{' can only stand within a text.")).toBe('{');
    expect(placeOf("SELECT '{' , {a}", "'{' can only stand")?.from).toBe(13);
    expect(at("SELECT ';'; DROP", "Only a single statement is allowed (remove ';').")).toBe(';');
    expect(at('-- x\nEXPLAIN SELECT 1', 'Only SELECT queries are allowed.')).toBe('EXPLAIN');
    expect(at('SELECT 1', 'Query error: it reads too much; narrow it.')).toBeUndefined();
  });

  it('has a line and a column', () => {
    expect(lineOf('a\nbc\nd', 3)).toEqual({ line: 2, column: 2 });
    expect(lineOf('', 0)).toEqual({ line: 1, column: 1 });
  });
});

describe('placeholders', () => {
  it('are filled, escaped as within quotes, and found again', () => {
    const text = "SELECT '{{ who }}', {{n}}, '{{who}}', x";
    const filled = fill(text, { who: "O'Neil\\", n: '7' });
    expect(filled.sql).toBe("SELECT 'O\\'Neil\\\\', 7, 'O\\'Neil\\\\', x");
    expect(filled.missing).toEqual([]);
    expect(filled.back(filled.sql.indexOf('7'))).toBe(text.indexOf('{{n}}'));
    expect(filled.back(filled.sql.indexOf('x'))).toBe(text.indexOf('x'));
    expect(filled.back(3)).toBe(3);
  });

  it('without a value are left and named; names of objects are no values', () => {
    expect(fill('{{a}} {{a}} {{toString}}', {})).toMatchObject({
      sql: '{{a}} {{a}} {{toString}}',
      missing: ['a', 'toString'],
    });
    expect(namesIn('{{a}} {{ b }} {{a}} {c}')).toEqual(['a', 'b']);
  });

  it('have the bounds of the range, in UTC', () => {
    const now = Date.parse('2026-01-31T08:00:00Z');
    expect(builtIn({ range: '1h' }, 'p', now)).toEqual({
      start: '2026-01-31 07:00:00',
      end: '2026-01-31 08:00:00',
      from: '2026-01-31',
      to: '2026-01-31',
      project_id: 'p',
    });
    expect(builtIn({ to: '2026-01-30T00:00:00+01:00' }, undefined, now)).toMatchObject({
      start: '1970-01-01 00:00:00',
      end: '2026-01-29 23:00:00',
    });
  });
});

it('cuts a query as the server does', () => {
  const kinds = pieces("a 'b\\'c''d' \"e\" `f` -- g\n/* h */ 1.").map(
    ({ kind, text }) => `${kind} ${text}`,
  );
  expect(kinds).toEqual([
    'word a',
    "text 'b\\'c''d'",
    'quoted "e"',
    'quoted `f`',
    'comment -- g',
    'comment /* h */',
    'word 1',
    'symbol .',
  ]);
});
