import { useQuery } from '@tanstack/react-query';
import { type RefObject, useState } from 'react';
import { facetCountsQuery, facetsQuery } from '../../api/events';
import { FieldFilter } from '../../filters/FieldFilter';
import { RangePicker } from '../../filters/RangePicker';
import { WordsFilter } from '../../filters/WordsFilter';
import { FIELD_NAMES, type FieldName } from '../../filters/fields';
import { offersOf } from '../../filters/offers';
import type { Filters } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Icon } from '../../ui/Icon';
import { eventsTexts } from './texts';

interface Props {
  inputRef: RefObject<HTMLInputElement | null>;
  filters: Filters;
  onChange: (part: Filters) => void;
}

/** Those asked for most; the others are one click away. */
const COMMON: readonly FieldName[] = ['service', 'class', 'method', 'environment', 'identifier'];

export function FilterBar({ inputRef, filters, onChange }: Props) {
  const t = useTexts(eventsTexts);
  const common = useCommon();
  const [all, setAll] = useState(false);
  // Counting reads the events themselves: only for who opens a menu.
  const [counting, setCounting] = useState(false);
  const facets = useQuery(facetsQuery(filters));
  const counts = useQuery({ ...facetCountsQuery(filters), enabled: counting });
  const set = (name: FieldName) => filters[name] !== undefined || filters[`${name}!`] !== undefined;
  const shown = FIELD_NAMES.filter((name) => all || COMMON.includes(name) || set(name));
  return (
    <div className="filter-bar" role="search" aria-label={t('filter')}>
      <WordsFilter
        key={filters.q ?? ''}
        inputRef={inputRef}
        shortcut="/"
        value={filters.q}
        onChange={(q) => onChange({ q })}
      />
      <div className="filter-pills">
        <RangePicker value={filters} onChange={onChange} />
        {shown.map((field) => (
          <FieldFilter
            key={field}
            field={field}
            filters={filters}
            options={offersOf(field, facets.data, counts.data)}
            busy={facets.isPending || counts.isLoading}
            onOpen={() => setCounting(true)}
            onChange={onChange}
          />
        ))}
        <button type="button" className="pill" aria-expanded={all} onClick={() => setAll(!all)}>
          <Icon name="filter" />
          <span>{all ? t('fewerFilters') : common('filterMore')}</span>
        </button>
      </div>
    </div>
  );
}
