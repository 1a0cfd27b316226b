import { describe, expect, it } from 'vitest';
import { streamUrl, toListQuery } from './query';
import { filtersOf, parseSearch, readEventsSearch, stringifySearch } from './search';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('search', () => {
  it.each([
    '',
    '?service=checkout&status=502',
    '?path=%2Forders%2F42%3Fa%3Db%26c&identifier=O%27Brien+%26+co',
    '?class=5xx&range=7d&event=0191f1c2-0000-7000-8000-000000000001',
    '?from=2026-11-01T00%3A00%3A00Z&to=2026-11-02T00%3A00%3A00Z',
    '?identifier=00123456789012345678',
  ])('survives reading and writing: %s', (search) => {
    const read = readEventsSearch(parseSearch(search));
    const again = readEventsSearch(parseSearch(stringifySearch({ ...read })));
    expect(again).toEqual(read);
    expect(Object.keys(read)).toHaveLength(search === '' ? 0 : search.split('&').length);
  });

  it('drops what makes no sense', () => {
    const raw = parseSearch('?status=abc&class=9xx&range=century&from=yesterday&path=%20&x=1');
    expect(readEventsSearch(raw)).toEqual({});
  });

  it('keeps an identifier of digits as text', () => {
    expect(readEventsSearch(parseSearch('?identifier=007')).identifier).toBe('007');
  });

  it('writes methods in capitals and leaves the open event out of the filters', () => {
    const search = readEventsSearch(parseSearch('?method=get&event=e1'));
    expect(search).toEqual({ method: 'GET', event: 'e1' });
    expect(filtersOf(search)).toEqual({ method: 'GET' });
  });
});

describe('query', () => {
  it('names the parameters as the API does', () => {
    expect(toListQuery({ service: 'a', status: 500, class: '5xx', range: '1h' }, NOW)).toEqual({
      service_name: 'a',
      status_code: 500,
      status_class: '5xx',
      start_date: '2026-11-23T11:00:00.000Z',
    });
  });

  it('gives the stream the same filters and where to resume', () => {
    const url = new URL(streamUrl({ path: '/a&b' }, 'c1', NOW), 'http://localhost');
    expect(url.searchParams.get('path')).toBe('/a&b');
    expect(url.searchParams.get('cursor')).toBe('c1');
  });
});
