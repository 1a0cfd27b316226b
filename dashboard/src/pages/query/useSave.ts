import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  type SavedQuery,
  changeSavedQuery,
  deleteSavedQuery,
  saveQuery,
  savedQueriesQuery,
} from '../../api/console';
import { useTexts } from '../../i18n/catalogue';
import { toast } from '../../ui/toast';
import { useShownChange } from '../../ui/useShownChange';
import { queryTexts } from './texts';

interface Kept {
  /** The query that is replaced; a new one is made without. */
  id?: string | undefined;
  name: string;
  sql: string;
}

/** Keeps a query under a name. */
export function useSave() {
  const t = useTexts(queryTexts);
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: Kept) =>
      id === undefined ? saveQuery(body) : changeSavedQuery(id, body),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: savedQueriesQuery.queryKey });
      toast(t('saved', { name: made.name }));
    },
  });
}

/** Forgets a query at once; it can be had back. */
export function useForget(onForgotten: (id: string) => void) {
  const t = useTexts(queryTexts);
  const change = useShownChange<SavedQuery>(savedQueriesQuery.queryKey);
  return ({ id, name, sql }: SavedQuery) =>
    change({
      act: () => deleteSavedQuery(id),
      show: (now) => now.filter((each) => each.id !== id),
      done: () => {
        onForgotten(id);
        toast(t('forgotten', { name }), {
          // It comes back under a new id.
          onUndo: () => change({ act: () => saveQuery({ name, sql }), show: (now) => now }),
        });
      },
    });
}
