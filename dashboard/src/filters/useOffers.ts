import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { facetCountsQuery, facetsQuery } from '../api/events';
import type { FieldName } from './fields';
import { offersOf } from './offers';
import type { Filters } from './search';

/**
 * What the menus of a page's filters offer: the values there are under these filters, the most frequent first.
 * `counted` says of how many events each is, which is only right where the page is about events.
 */
export function useOffers(filters: Filters, counted: boolean) {
  // Counting reads the events themselves: only for who opens a menu.
  const [counting, setCounting] = useState(false);
  const facets = useQuery(facetsQuery(filters));
  const counts = useQuery({ ...facetCountsQuery(filters), enabled: counting });
  return (field: FieldName) => {
    const offers = offersOf(field, facets.data, counts.data);
    return {
      options: counted ? offers : offers.map(({ value }) => ({ value })),
      busy: facets.isPending || counts.isLoading,
      onOpen: () => setCounting(true),
    };
  };
}
