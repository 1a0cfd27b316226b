import { type Filters, type Raw, readFilters } from '../../filters/search';

/** How long a backend may take to report, in seconds, as the page offers it. */
export const GRACES = [0, 60, 300, 3_600] as const;
export const USUAL_GRACE = 60;

export type OrphansSearch = Filters & {
  /** Seconds, as text; the usual ones when absent. */
  grace?: string | undefined;
  /** The event whose details are open. */
  event?: string | undefined;
};

/** The longest grace the API takes, in seconds. */
const MOST = 86_400;

export function readOrphansSearch(raw: Raw): OrphansSearch {
  const grace =
    typeof raw['grace'] === 'string' && isGrace(raw['grace']) ? raw['grace'] : undefined;
  const event = typeof raw['event'] === 'string' && raw['event'] !== '' ? raw['event'] : undefined;
  return {
    ...readFilters(raw),
    ...(grace === undefined ? {} : { grace }),
    ...(event === undefined ? {} : { event }),
  };
}

export function graceOf(search: OrphansSearch): number {
  return search.grace === undefined ? USUAL_GRACE : Number(search.grace);
}

function isGrace(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= MOST;
}
