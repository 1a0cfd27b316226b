// The filters of a page in one row: words, time, and the fields the page names; below them what is set.
import type { Facets } from '../api/model';
import { Chips } from './Chips';
import { FieldFilter } from './FieldFilter';
import { RangePicker } from './RangePicker';
import { WordsFilter } from './WordsFilter';
import type { FieldName } from './fields';
import { offersOf } from './offers';
import type { Filters } from './search';
import './pageFilters.css';

interface Props {
  filters: Filters;
  fields: readonly FieldName[];
  facets: Facets | undefined;
  /** Whether free text can be looked for. */
  words?: boolean;
  onChange: (part: Filters) => void;
}

export function PageFilters({ filters, fields, facets, words = false, onChange }: Props) {
  return (
    <div className="page-filters">
      <div className="page-filters-row" role="search">
        <RangePicker value={filters} onChange={onChange} />
        {fields.map((field) => (
          <FieldFilter
            key={field}
            field={field}
            filters={filters}
            options={offersOf(field, facets, undefined)}
            onChange={onChange}
          />
        ))}
        {words && (
          <WordsFilter key={filters.q ?? ''} value={filters.q} onChange={(q) => onChange({ q })} />
        )}
      </div>
      <Chips filters={filters} onChange={onChange} />
    </div>
  );
}
