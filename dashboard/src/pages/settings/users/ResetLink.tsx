import { useMutation } from '@tanstack/react-query';
import type { ListedUser } from '../../../api/model';
import { createResetLink } from '../../../api/users';
import { dateTime, utc } from '../../../format/time';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Button } from '../../../ui/Button';
import { Dialog } from '../../../ui/Dialog';
import { ErrorNotice } from '../../../ui/Notice';
import { ShownOnce } from '../ShownOnce';
import { linkTo } from '../people/links';
import { usersTexts } from './texts';

export function ResetLink({ user, onClose }: { user: ListedUser; onClose: () => void }) {
  const t = useTexts(usersTexts);
  const common = useCommon();
  // The answer holds the token: it must not outlive this dialog in the cache.
  const create = useMutation({ mutationFn: () => createResetLink(user.id), gcTime: 0 });
  if (create.data !== undefined) {
    const { token, emailed, expires_at } = create.data;
    return (
      <ShownOnce
        title={t('resetShown', { name: user.name })}
        label={t('resetLink')}
        text={linkTo('reset-password', token)}
        onClose={onClose}
      >
        <p>{emailed ? t('resetMailed', { email: user.email }) : t('resetByHand')}</p>
        <p title={utc(expires_at)}>{t('resetUntil', { time: dateTime(expires_at) })}</p>
      </ShownOnce>
    );
  }
  return (
    <Dialog title={t('resetTitle', { name: user.name })} onClose={onClose}>
      <div className="prose">
        <p>{t('resetHelp')}</p>
        {create.isError && <ErrorNotice error={create.error} />}
      </div>
      <footer className="form-actions">
        <Button onClick={onClose}>{common('cancel')}</Button>
        <Button look="primary" busy={create.isPending} onClick={() => create.mutate()}>
          {t('resetDo')}
        </Button>
      </footer>
    </Dialog>
  );
}
