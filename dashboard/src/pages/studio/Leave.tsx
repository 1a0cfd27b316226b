import { useBlocker } from '@tanstack/react-router';
import { useTexts } from '../../i18n/catalogue';
import { Confirm } from '../../ui/Confirm';
import { studioTexts } from './texts';

/** Asks before changes are left behind; another range or value of the same report is no leaving. */
export function Leave({ dirty }: { dirty: boolean }) {
  const t = useTexts(studioTexts);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Confirm
      title={t('leaveTitle')}
      action={t('leaveDo')}
      keep={t('leaveKeep')}
      busy={false}
      onConfirm={blocker.proceed}
      onClose={blocker.reset}
    >
      <p>{t('leaveHelp')}</p>
    </Confirm>
  );
}
