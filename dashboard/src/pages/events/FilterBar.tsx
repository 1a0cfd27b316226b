import type { RefObject } from 'react';
import type { Facets } from '../../api/model';
import { FieldFilter } from '../../filters/FieldFilter';
import { RangePicker } from '../../filters/RangePicker';
import { WordsFilter } from '../../filters/WordsFilter';
import type { FieldName } from '../../filters/fields';
import type { Filters } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { eventsTexts } from './texts';

interface Props {
  inputRef: RefObject<HTMLInputElement | null>;
  filters: Filters;
  facets: Facets | undefined;
  onChange: (part: Filters) => void;
}

const SHOWN: readonly FieldName[] = [
  'service',
  'class',
  'status',
  'method',
  'environment',
  'path',
  'identifier',
];

export function FilterBar({ inputRef, filters, facets, onChange }: Props) {
  const t = useTexts(eventsTexts);
  const values: Partial<Record<FieldName, readonly string[] | undefined>> = {
    service: facets?.services,
    method: facets?.methods,
    environment: facets?.environments,
  };
  return (
    <div className="filter-bar" role="search" aria-label={t('filter')}>
      <WordsFilter
        key={filters.q ?? ''}
        inputRef={inputRef}
        value={filters.q}
        onChange={(q) => onChange({ q })}
      />
      <div className="filter-pills">
        <RangePicker value={filters} onChange={onChange} />
        {SHOWN.map((field) => (
          <FieldFilter
            key={field}
            field={field}
            filters={filters}
            options={values[field]?.map((value) => ({ value }))}
            onChange={onChange}
          />
        ))}
      </div>
    </div>
  );
}
