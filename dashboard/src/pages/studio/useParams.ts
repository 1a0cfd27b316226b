import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Params, paramsOf } from './params';
import type { useReport } from './useReport';

/** What a report is asked with; the same object until one of it is another. */
export function useParamsOf(
  { draft: { variables, range }, base: { project_id: project } }: ReturnType<typeof useReport>,
  mayAsk: boolean,
): Params {
  const search = useSearch({ from: '/shell/studio/$reportId' });
  return useMemo(
    () => ({ ...paramsOf({ variables, range }, project, search), mayAsk }),
    [variables, range, project, search, mayAsk],
  );
}
