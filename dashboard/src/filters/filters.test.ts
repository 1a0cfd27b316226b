import { describe, expect, it } from 'vitest';
import schema from '../../../query-api/openapi.json' with { type: 'json' };
import { FIELD_KEYS, parameterOf } from './fields';
import { streamUrl, toParams, toQuery } from './query';
import {
  cleared,
  filtersOf,
  isNarrowed,
  parseSearch,
  readFilters,
  stringifySearch,
  withValue,
  withoutValue,
} from './search';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('search', () => {
  it.each([
    '',
    '?service=checkout&status=502',
    '?service=checkout&service=cart&status!=404&method!=GET',
    '?path=%2Forders%2F42%3Fa%3Db%26c&identifier=O%27Brien+%26+co',
    '?range=7d&q=card+declined&class=5xx',
    '?from=2026-11-01T00%3A00%3A00Z&to=2026-11-02T00%3A00%3A00Z',
    '?identifier=00123456789012345678',
  ])('survives reading and writing: %s', (search) => {
    const read = readFilters(parseSearch(search));
    const written = new URLSearchParams(stringifySearch({ ...read }));
    const sorted = (params: URLSearchParams) => [...params].map(String).sort();
    expect(sorted(written)).toEqual(sorted(new URLSearchParams(search)));
    expect(filtersOf(read)).toEqual(read);
  });

  it('keeps a negation readable in the address', () => {
    expect(stringifySearch({ 'service!': ['a', 'b!'] })).toBe('?service!=a&service!=b%21');
  });

  it('drops what makes no sense', () => {
    const raw = parseSearch('?status=abc&class=9xx&range=century&from=yesterday&path=%20&x=1');
    expect(readFilters(raw)).toEqual({});
    expect(readFilters(parseSearch('?__proto__=1&status=7&status=503'))).toEqual({
      status: ['503'],
    });
  });

  it('keeps an identifier of digits as text, and writes methods in capitals', () => {
    expect(readFilters(parseSearch('?identifier=007&method=get'))).toEqual({
      identifier: ['007'],
      method: ['GET'],
    });
  });

  it('adds a value to one side and takes it from the other', () => {
    const before = { service: ['a'], 'service!': ['b', 'c'] };
    expect(withValue(before, 'service', 'b')).toEqual({ service: ['a', 'b'], 'service!': ['c'] });
    expect(withValue(before, 'service!', 'a')).toEqual({
      'service!': ['b', 'c', 'a'],
      service: undefined,
    });
    expect(withoutValue(before, 'service', 'a')).toEqual({ service: undefined });
  });

  it('clears everything but the project', () => {
    const filters = { project: 'p', service: ['a'], q: 'x', range: '7d' as const };
    const after = readFilters({ ...filters, ...cleared() });
    expect(after).toEqual({ project: 'p' });
    expect([isNarrowed(filters), isNarrowed(after)]).toEqual([true, false]);
  });
});

describe('query', () => {
  it('knows exactly the filters of the API', () => {
    const { parameters } = schema.paths['/v1/audit/export'].get;
    const others = ['project_id', 'q', 'start_date', 'end_date', 'format', 'columns'];
    const api = parameters.map(({ name }) => name).filter((name) => !others.includes(name));
    expect(FIELD_KEYS.map(parameterOf).sort()).toEqual(api.sort());
  });

  it('names the parameters as the API does', () => {
    const filters = {
      service: ['a', 'b'],
      'status!': ['500'],
      class: ['5xx'],
      range: '1h',
    } as const;
    expect(toQuery(filters, NOW)).toEqual({
      service_name: ['a', 'b'],
      'status_code!': ['500'],
      status_class: ['5xx'],
      start_date: '2026-11-23T11:00:00.000Z',
    });
    expect(toParams(filters, NOW).getAll('service_name')).toEqual(['a', 'b']);
  });

  it('gives the stream the same filters and where to resume', () => {
    const url = new URL(streamUrl({ path: ['/a&b'] }, 'c1', NOW), 'http://localhost');
    expect(url.searchParams.get('path')).toBe('/a&b');
    expect(url.searchParams.get('cursor')).toBe('c1');
  });
});
