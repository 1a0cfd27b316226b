// What a report is asked with: range, project and values as the reader chose them, else as the report says. Pure.
import type { Filters } from '../../filters/search';
import { isCustom } from '../../time/range';
import type { Draft } from './report';
import { type ReportSearch, valuesIn } from './search';

export interface Params {
  project: string | undefined;
  /** Range, and the filters that the report's variables are. */
  filters: Filters;
  /** The report's variables. */
  values: Readonly<Record<string, string>>;
  /** Whether the reader may run SQL. */
  mayAsk: boolean;
}

/** Names of variables that ready-made questions understand: they are filters. */
const FILTERS: ReadonlyMap<string, 'service' | 'environment' | 'method'> = new Map([
  ['service_name', 'service'],
  ['service', 'service'],
  ['environment', 'environment'],
  ['method', 'method'],
]);

/** The filter that a variable of this name is. */
export function filterOf(name: string) {
  return FILTERS.get(name);
}

/** `ofReport` is the project the report belongs to, empty when it is of none. */
export function paramsOf(
  { variables, range }: Pick<Draft, 'variables' | 'range'>,
  ofReport: string,
  search: ReportSearch,
): Omit<Params, 'mayAsk'> {
  const chosen = valuesIn(search);
  const { from, to, environment } = search;
  const project = ofReport || search.project;
  const filters: Filters = {
    project,
    range: isCustom({ from, to }) ? undefined : (search.range ?? range),
    from,
    to,
    environment,
  };
  const filled = variables.map(({ name, value }) => [name, chosen[name] ?? value] as const);
  for (const [name, value] of filled) {
    const field = filterOf(name);
    if (field !== undefined && value !== '') filters[field] = [value];
  }
  return { project, filters, values: Object.fromEntries(filled) };
}
