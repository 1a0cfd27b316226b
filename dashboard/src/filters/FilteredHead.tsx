// The top of a page whose content is filtered: what it is, and the controls of its filters.
import type { ReactNode } from 'react';
import { usePageTitle } from '../ui/usePageTitle';
import { PageFilters } from './PageFilters';
import type { FieldName } from './fields';
import type { Filters } from './search';

interface Props {
  title: string;
  lead: string;
  /** Stands beside the title. */
  aside?: ReactNode;
  filters: Filters;
  fields: readonly FieldName[];
  /** Whether the menus say how many events there are of a value: of a page about events. */
  counted?: boolean;
  /** Whether free text can be looked for. */
  words?: boolean;
  onChange: (part: Filters) => void;
}

export function FilteredHead({ title, lead, aside, filters, ...controls }: Props) {
  usePageTitle(title);
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          <p className="muted page-lead">{lead}</p>
        </div>
        {aside}
      </header>
      <PageFilters filters={filters} {...controls} />
    </>
  );
}
