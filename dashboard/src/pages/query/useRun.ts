// Runs one query at a time: fills its placeholders, asks, and finds the place of what was wrong.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { queryHistoryQuery, runQuery } from '../../api/console';
import { ApiError, nameOf } from '../../api/errors';
import { type Place, placeOf } from '../../sql/place';
import { type Values, fill } from '../../sql/variables';
import { cleared } from './clearing';

interface Asked {
  /** As it was written. */
  text: string;
  values: Values;
  project: string | undefined;
}

export function useRun() {
  const client = useQueryClient();
  const controller = useRef<AbortController>(undefined);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const [place, setPlace] = useState<Place>();
  const run = useMutation({
    mutationFn: async ({ text, values, project }: Asked) => {
      const { sql } = fill(text, values);
      controller.current = new AbortController();
      const { signal } = controller.current;
      // This query is in the history that begins anew.
      await cleared();
      return runQuery(sql, project, signal);
    },
    onError: (error, { text, values }) => {
      if (!(error instanceof ApiError) || error.code !== 'invalid_query') return;
      const { sql, back } = fill(text, values);
      const found = placeOf(sql, error.message);
      if (found !== undefined) setPlace({ from: back(found.from), to: back(found.to) });
    },
    // Not waited for: the answer is shown before the history that names it.
    onSettled: () => void client.invalidateQueries({ queryKey: queryHistoryQuery.queryKey }),
  });

  function start(asked: Asked) {
    if (run.isPending || asked.text.trim() === '') return;
    setPlace(undefined);
    const without = fill(asked.text, asked.values).missing;
    setMissing(without);
    const [first] = without;
    if (first === undefined) return run.mutate(asked);
    run.reset();
    const at = new RegExp(`\\{\\{\\s*${first}\\s*\\}\\}`).exec(asked.text);
    if (at !== null) setPlace({ from: at.index, to: at.index + at[0].length });
  }

  /** Says whether a query was under way. */
  function cancel(): boolean {
    if (!run.isPending) return false;
    controller.current?.abort();
    return true;
  }

  const cancelled = run.error !== null && nameOf(run.error) === 'AbortError';
  return {
    start,
    cancel,
    running: run.isPending,
    cancelled,
    result: run.data,
    error: cancelled ? undefined : (run.error ?? undefined),
    missing,
    place,
    /** What the result answers. */
    asked: run.variables,
  };
}
