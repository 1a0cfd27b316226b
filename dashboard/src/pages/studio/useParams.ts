import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Filters } from '../../filters/search';
import { isCustom } from '../../time/range';
import { valuesIn } from './search';
import { FILTER_VARIABLES, type Params } from './useAnswer';
import type { useReport } from './useReport';

/** Range, project and values as the reader chose them, else as the report says. */
export function useParamsOf({ draft, base }: ReturnType<typeof useReport>, mayAsk: boolean) {
  const search = useSearch({ from: '/shell/studio/$reportId' });
  const chosen = valuesIn(search);
  const filled = draft.variables.map(({ name, value }) => [name, chosen[name] ?? value] as const);
  const project = base.project_id || search.project;
  const { from, to } = search;
  const range = isCustom({ from, to }) ? undefined : (search.range ?? draft.range);
  const key = JSON.stringify([filled, project, range, from, to, search.environment, mayAsk]);
  const built = useMemo(() => {
    const values = Object.fromEntries(filled);
    const filters: Filters = { project, range, from, to, environment: search.environment };
    for (const [name, value] of filled) {
      const field = FILTER_VARIABLES[name];
      if (field !== undefined && value !== '') filters[field] = [value];
    }
    const params: Params = { project, filters, values, mayAsk };
    return { params, values };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` holds all of them
  }, [key]);
  return built;
}
