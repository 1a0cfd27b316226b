import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../api/errors';
import { useTexts } from '../../i18n/catalogue';
import { toast } from '../../ui/toast';
import { settingsTexts } from './texts';

interface Change<Row> {
  act: () => Promise<unknown>;
  /** The list as it will be. */
  show: (now: Row[]) => Row[];
}

/**
 * Changes a list at once on the page; what the server refuses is taken back, and said. `also` is asked anew
 * with the list: it hangs on it.
 */
export function useShownChange<Row>(queryKey: QueryKey, ...also: QueryKey[]) {
  const t = useTexts(settingsTexts);
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ act }: Change<Row>) => act(),
    onMutate: async ({ show }) => {
      await client.cancelQueries({ queryKey });
      client.setQueryData<Row[]>(queryKey, (now) => now && show(now));
    },
    onError: (error) =>
      toast(error instanceof ApiError ? error.message : t('notChanged'), { tone: 'bad' }),
    onSettled: () =>
      Promise.all([queryKey, ...also].map((key) => client.invalidateQueries({ queryKey: key }))),
  });
}
