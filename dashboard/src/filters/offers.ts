// The values a filter offers, with how many events there are of each, once that was counted.
import type { FacetCounts, Facets } from '../api/model';
import type { Option } from '../ui/Combobox';
import { FIELDS, type FieldName } from './fields';

/** Counted values first, the most frequent on top; then those that were seen but not counted. */
export function offersOf(
  field: FieldName,
  facets: Facets | undefined,
  counts: FacetCounts['facets'] | undefined,
): Option[] {
  const counted = counts?.find((each) => each.field === FIELDS[field].api)?.values ?? [];
  const known = new Set(counted.map(({ value }) => value));
  const others = seen(field, facets).filter((value) => !known.has(value));
  return [...counted, ...others.map((value) => ({ value }))];
}

function seen(field: FieldName, facets: Facets | undefined): readonly string[] {
  const values: Partial<Record<FieldName, readonly string[] | undefined>> = {
    service: facets?.services,
    environment: facets?.environments,
    method: facets?.methods,
    source: facets?.sources,
  };
  return values[field] ?? [];
}
