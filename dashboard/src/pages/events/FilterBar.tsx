import { type RefObject, useState } from 'react';
import { FieldFilter } from '../../filters/FieldFilter';
import { RangePicker } from '../../filters/RangePicker';
import { WordsFilter } from '../../filters/WordsFilter';
import { FIELD_NAMES, type FieldName } from '../../filters/fields';
import type { Filters } from '../../filters/search';
import { useOffers } from '../../filters/useOffers';
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
  const offers = useOffers(filters, true);
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
            {...offers(field)}
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
