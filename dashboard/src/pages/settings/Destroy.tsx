import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Confirm } from '../../ui/Confirm';
import { toast } from '../../ui/toast';

interface Props {
  title: string;
  children: ReactNode;
  action: string;
  keep: string;
  /** Has to be typed, where what is destroyed does not come back. */
  typed?: string | undefined;
  act: () => Promise<unknown>;
  /** The list it goes from. */
  list: QueryKey;
  /** Said when it is done. */
  done: string;
  onClose: () => void;
}

/** Asks, destroys something of a list, shows the list without it and says so. */
export function Destroy({ act, list, done, onClose, typed, ...asked }: Props) {
  const client = useQueryClient();
  const destroy = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: list });
      toast(done);
      onClose();
    },
  });
  return (
    <Confirm
      {...asked}
      {...(typed === undefined ? {} : { typed })}
      busy={destroy.isPending}
      error={destroy.error}
      onConfirm={() => destroy.mutate()}
      onClose={onClose}
    />
  );
}
