import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  changeSavedQuery,
  deleteSavedQuery,
  saveQuery,
  savedQueriesQuery,
} from '../../api/console';
import { messageOf } from '../../api/errors';
import { useTexts } from '../../i18n/catalogue';
import { toast } from '../../ui/toast';
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
  const client = useQueryClient();
  const { queryKey } = savedQueriesQuery;
  const refresh = () => client.invalidateQueries({ queryKey });
  const back = useMutation({ mutationFn: saveQuery, onSettled: refresh });
  return useMutation({
    mutationFn: ({ id }: { id: string; name: string; sql: string }) => deleteSavedQuery(id),
    onMutate: async ({ id }) => {
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, (list) => list?.filter((each) => each.id !== id));
    },
    onSuccess: (_, { id, name, sql }) => {
      onForgotten(id);
      toast(t('forgotten', { name }), { onUndo: () => back.mutate({ name, sql }) });
    },
    onError: (error) => toast(messageOf(error), { tone: 'bad' }),
    onSettled: refresh,
  });
}
