import { type Filters, type Raw, readFilters } from '../../filters/search';

export type EventsSearch = Filters & {
  /** The event whose details are open. */
  event?: string | undefined;
};

export function readEventsSearch(raw: Raw): EventsSearch {
  const event = raw['event'];
  const open = typeof event === 'string' && event !== '' ? { event } : {};
  return { ...readFilters(raw), ...open };
}
