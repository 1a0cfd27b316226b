import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useHasRoute } from '../../app/useHasRoute';
import type { Scope } from '../../filters/search';

interface Props {
  page: string;
  search: Scope;
  children: ReactNode;
}

/** A link where there is such a page, else the words alone. */
export function PageLink({ page, search, children }: Props) {
  return useHasRoute(page) ? (
    <Link to={page} search={search}>
      {children}
    </Link>
  ) : (
    <span>{children}</span>
  );
}
