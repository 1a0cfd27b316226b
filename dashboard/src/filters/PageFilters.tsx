// The filters of a page in one row: words, time, and the fields the page names; below them what is set.
import { Chips } from './Chips';
import { FieldFilter } from './FieldFilter';
import { RangePicker } from './RangePicker';
import { WordsFilter } from './WordsFilter';
import type { FieldName } from './fields';
import type { Filters } from './search';
import { useOffers } from './useOffers';
import './pageFilters.css';

interface Props {
  filters: Filters;
  fields: readonly FieldName[];
  /** Whether the menus say how many events there are of a value: of a page about events. */
  counted?: boolean;
  /** Whether free text can be looked for. */
  words?: boolean;
  onChange: (part: Filters) => void;
}

export function PageFilters(props: Props) {
  const { filters, fields, counted = false, words = false, onChange } = props;
  const offers = useOffers(filters, counted);
  return (
    <div className="page-filters">
      <div className="page-filters-row" role="search">
        <RangePicker value={filters} onChange={onChange} />
        {fields.map((field) => (
          <FieldFilter
            key={field}
            field={field}
            filters={filters}
            {...offers(field)}
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
