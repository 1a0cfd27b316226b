import { type Raw, type Scope, readScope } from '../../filters/search';

/** Project and time range; never the query itself, which may name people. */
export type QuerySearch = Scope;

export function readQuerySearch(raw: Raw): QuerySearch {
  return readScope(raw);
}
