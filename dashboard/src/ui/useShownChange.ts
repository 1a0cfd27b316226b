import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { messageOf } from '../api/errors';
import { toast } from './toast';

interface Change<Row> {
  act: () => Promise<unknown>;
  /** The list as it will be. */
  show: (now: Row[]) => Row[];
  /** What is said once it is so: of every change, also when the next has begun or the page is gone. */
  done?: () => void;
}

/**
 * Changes a list at once on the page; what the server refuses is taken back, and said. `also` is asked anew
 * with the list: it hangs on it.
 */
export function useShownChange<Row>(queryKey: QueryKey, ...also: QueryKey[]) {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: ({ act }: Change<Row>) => act(),
    onMutate: async ({ show }) => {
      await client.cancelQueries({ queryKey });
      client.setQueryData<Row[]>(queryKey, (now) => now && show(now));
    },
    onSuccess: (_, { done }) => done?.(),
    onError: (error) => toast(messageOf(error), { tone: 'bad' }),
    onSettled: () =>
      Promise.all([queryKey, ...also].map((key) => client.invalidateQueries({ queryKey: key }))),
  });
  return (change: Change<Row>) => mutate(change);
}
