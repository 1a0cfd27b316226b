import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListedUser } from '../../../api/model';
import { meQuery } from '../../../api/session';
import { endSessionsOf, sessionsOfQuery } from '../../../api/sessions';
import { mayManage } from '../../../auth/manage';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { Dialog } from '../../../ui/Dialog';
import { ErrorNotice } from '../../../ui/Notice';
import { SessionTable } from '../people/SessionTable';
import { usersTexts } from './texts';

export function SessionsOf({ user, onClose }: { user: ListedUser; onClose: () => void }) {
  const t = useTexts(usersTexts);
  const client = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const sessions = useQuery(sessionsOfQuery(user.id));
  const end = useMutation({
    mutationFn: () => endSessionsOf(user.id),
    onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const mayEnd = me !== undefined && (user.id === me.id || mayManage(me.role, user.role));
  // One's own are ended under "Your account", where this browser is left out.
  const mayEndAll = mayEnd && user.id !== me.id && (sessions.data?.length ?? 0) > 0;
  return (
    <Dialog title={t('sessionsOf', { name: user.name })} onClose={onClose} look="wide">
      <SessionTable
        label={t('sessionsOf', { name: user.name })}
        sessions={sessions}
        mayEnd={mayEnd}
      />
      {end.isError && <ErrorNotice error={end.error} />}
      {mayEndAll && (
        <footer className="form-actions">
          <Button look="danger" busy={end.isPending} onClick={() => end.mutate()}>
            {t('endAll')}
          </Button>
        </footer>
      )}
    </Dialog>
  );
}
