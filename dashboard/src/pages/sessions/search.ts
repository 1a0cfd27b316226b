import { type Filters, type Raw, readFilters } from '../../filters/search';

/** The list's filters come along, so that the way back leads to the same list. */
export type TimelineSearch = Filters & {
  /** The session. */
  id?: string | undefined;
  /** Its project: two may have a session of the same id. */
  of?: string | undefined;
  /** The event whose details are open. */
  event?: string | undefined;
};

export function readTimelineSearch(raw: Raw): TimelineSearch {
  const own = (['id', 'of', 'event'] as const).flatMap((name) => {
    const value = raw[name];
    return typeof value === 'string' && value !== '' ? [[name, value]] : [];
  });
  return { ...readFilters(raw), ...Object.fromEntries(own) };
}
