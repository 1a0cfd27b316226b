import type { ListedUser } from '../../../api/model';
import { deleteUser, usersQuery } from '../../../api/users';
import { useTexts } from '../../../i18n/catalogue';
import { Destroy } from '../Destroy';
import { usersTexts } from './texts';

export function DeleteUser({ user, onClose }: { user: ListedUser; onClose: () => void }) {
  const t = useTexts(usersTexts);
  return (
    <Destroy
      title={t('deleteTitle', { name: user.name })}
      action={t('deleteDo')}
      keep={t('deleteKeep')}
      typed={user.email}
      act={() => deleteUser(user.id)}
      list={usersQuery.queryKey}
      done={t('deleted', { name: user.name })}
      onClose={onClose}
    >
      <p>{t('deleteHelp')}</p>
      <p>{t('deleteStays')}</p>
    </Destroy>
  );
}
