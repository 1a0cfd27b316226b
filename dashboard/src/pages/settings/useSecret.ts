import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';

/**
 * Makes something that is shown only once (a key, a token, a code): the answer is gone from the cache with
 * the dialog that shows it. `list` is asked anew.
 */
export function useSecret<Made, Asked = void>(
  make: (asked: Asked) => Promise<Made>,
  list: QueryKey,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => make(asked),
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: list }),
  });
}
