import { type RefObject, useState } from 'react';
import type { Facets } from '../../api/model';
import { ChoiceFilter } from '../../filters/ChoiceFilter';
import { RangePicker } from '../../filters/RangePicker';
import type { Filters } from '../../filters/search';
import { Icon } from '../../ui/Icon';
import { StatusFilter } from './StatusFilter';

interface Props {
  inputRef: RefObject<HTMLInputElement | null>;
  filters: Filters;
  facets: Facets | undefined;
  onChange: (part: Filters) => void;
}

export function FilterBar({ inputRef, filters, facets, onChange }: Props) {
  return (
    <div className="filter-bar" role="search" aria-label="Filter events">
      <TextFilter
        key={`path ${filters.path ?? ''}`}
        inputRef={inputRef}
        label="Path"
        placeholder="Path, e.g. /orders/42"
        hint="/"
        value={filters.path}
        onCommit={(path) => onChange({ path })}
      />
      <TextFilter
        key={`identifier ${filters.identifier ?? ''}`}
        label="Identifier"
        placeholder="Identifier"
        value={filters.identifier}
        onCommit={(identifier) => onChange({ identifier })}
      />
      <div className="filter-pills">
        <RangePicker value={filters} onChange={onChange} />
        <ChoiceFilter
          label="Service"
          value={filters.service}
          options={facets?.services ?? []}
          onChange={(service) => onChange({ service })}
        />
        <StatusFilter filters={filters} onChange={onChange} />
        <ChoiceFilter
          label="Method"
          value={filters.method}
          options={facets?.methods ?? []}
          onChange={(method) => onChange({ method })}
        />
        <ChoiceFilter
          label="Environment"
          value={filters.environment}
          options={facets?.environments ?? []}
          onChange={(environment) => onChange({ environment })}
        />
      </div>
    </div>
  );
}

interface TextFilterProps {
  inputRef?: RefObject<HTMLInputElement | null>;
  label: string;
  placeholder: string;
  hint?: string;
  value: string | undefined;
  onCommit: (value: string | undefined) => void;
}

/** Applies on Enter and on leaving the field; Escape takes the typing back. */
function TextFilter({ inputRef, label, placeholder, hint, value, onCommit }: TextFilterProps) {
  const [typed, setTyped] = useState(value ?? '');
  function commit() {
    const next = typed.trim() === '' ? undefined : typed.trim();
    if (next !== value) onCommit(next);
  }
  return (
    <form
      className="text-filter"
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <Icon name="search" />
      <input
        ref={inputRef}
        type="text"
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setTyped(value ?? '');
        }}
      />
      {hint !== undefined && typed === '' && <kbd aria-hidden="true">{hint}</kbd>}
    </form>
  );
}
