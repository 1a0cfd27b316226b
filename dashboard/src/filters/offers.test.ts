import { expect, it } from 'vitest';
import type { FacetCounts, Facets } from '../api/model';
import { offersOf } from './offers';

const facets = { services: ['a', 'b'], environments: ['production'] } as Facets;
const counts = [
  {
    field: 'service_name',
    values: [
      { value: 'b', count: 7, approximate: false },
      { value: 'c', count: 2, approximate: true },
    ],
  },
] as FacetCounts['facets'];

it('offers what was counted, and after it what was only seen', () => {
  expect(offersOf('service', facets, counts)).toEqual([
    { value: 'b', count: 7, approximate: false },
    { value: 'c', count: 2, approximate: true },
    { value: 'a' },
  ]);
});

it('offers what was seen while nothing is counted, and nothing for what nobody lists', () => {
  expect(offersOf('environment', facets, undefined)).toEqual([{ value: 'production' }]);
  expect(offersOf('path', facets, counts)).toEqual([]);
});
