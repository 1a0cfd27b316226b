import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ListedUser } from '../../../api/model';
import { deleteUser, usersQuery } from '../../../api/users';
import { useTexts } from '../../../i18n/catalogue';
import { Confirm } from '../../../ui/Confirm';
import { toast } from '../../../ui/toast';
import { usersTexts } from './texts';

export function DeleteUser({ user, onClose }: { user: ListedUser; onClose: () => void }) {
  const t = useTexts(usersTexts);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteUser(user.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: usersQuery.queryKey });
      toast(t('deleted', { name: user.name }));
      onClose();
    },
  });
  return (
    <Confirm
      title={t('deleteTitle', { name: user.name })}
      action={t('deleteDo')}
      keep={t('deleteKeep')}
      typed={user.email}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{t('deleteHelp')}</p>
      <p>{t('deleteStays')}</p>
    </Confirm>
  );
}
