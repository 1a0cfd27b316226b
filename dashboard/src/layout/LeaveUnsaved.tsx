import { useBlocker } from '@tanstack/react-router';
import { useCommon } from '../i18n/common';
import { Confirm } from '../ui/Confirm';

interface Props {
  dirty: boolean;
  /** What is not saved: "The report has changes that are not saved." */
  help: string;
  /** The project the changes are of, where the address says which one is edited. */
  project?: string;
}

/** Asks before changes are left behind; another range or value of the same page is no leaving. */
export function LeaveUnsaved({ dirty, help, project }: Props) {
  const t = useCommon();
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => {
      if (!dirty) return false;
      if (current.pathname !== next.pathname) return true;
      const to = projectIn(next.search);
      return project !== undefined && to !== project && to !== projectIn(current.search);
    },
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
      <p>{help}</p>
    </Confirm>
  );
}

function projectIn(search: object): unknown {
  return 'project' in search ? search.project : undefined;
}
