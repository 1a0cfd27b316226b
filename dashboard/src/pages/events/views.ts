// What a saved view keeps: the search of the page, without the event that happens to be open.
import { parseSearch, stringifySearch } from '../../filters/search';
import { DEFAULT_PRESET } from '../../time/range';
import { type EventsSearch, readEventsSearch } from './search';

/** The search to keep. Never empty: the usual time range is then named. */
export function keptSearch(search: EventsSearch): string {
  const text = stringifySearch({ ...search, event: undefined }).replace(/^\?/, '');
  return text === '' ? `range=${DEFAULT_PRESET}` : text;
}

/** The page's search as a view has it. What it no longer knows is dropped. */
export function searchOf(kept: string): EventsSearch {
  return readEventsSearch(parseSearch(kept));
}

/** Whether a view shows what is shown, however its search is written. */
export function shows(kept: string, search: EventsSearch): boolean {
  return normal(searchOf(kept)) === normal(search);
}

function normal(search: EventsSearch): string {
  const range = search.range === DEFAULT_PRESET ? undefined : search.range;
  const found = readEventsSearch({ ...search, range, event: undefined });
  return [...new URLSearchParams(stringifySearch({ ...found }))].map(String).sort().join('&');
}
