import { type Filters, type Raw, readFilters } from '../../filters/search';
import { type ColumnName, readColumns } from './columns';

export type EventsSearch = Filters & {
  /** The event whose details are open. */
  event?: string | undefined;
  /** The columns of the list, `time,status`; the usual ones unless told. */
  columns?: string | undefined;
};

export function readEventsSearch(raw: Raw): EventsSearch {
  const event = raw['event'];
  const columns = readColumns(raw['columns']);
  return {
    ...readFilters(raw),
    ...(columns === undefined ? {} : { columns: columns.join(',') }),
    ...(typeof event === 'string' && event !== '' ? { event } : {}),
  };
}

export function columnsOf(search: EventsSearch): readonly ColumnName[] | undefined {
  return readColumns(search.columns);
}
