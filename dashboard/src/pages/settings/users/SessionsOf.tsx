import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ListedUser } from '../../../api/model';
import { meQuery } from '../../../api/session';
import { endSessionsOf, sessionsOfQuery } from '../../../api/sessions';
import { mayManage } from '../../../auth/manage';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { Dialog } from '../../../ui/Dialog';
import { Destroy } from '../Destroy';
import { SessionTable } from '../people/SessionTable';
import { usersTexts } from './texts';

export function SessionsOf({ user, onClose }: { user: ListedUser; onClose: () => void }) {
  const t = useTexts(usersTexts);
  const { data: me } = useQuery(meQuery);
  const sessions = useQuery(sessionsOfQuery(user.id));
  const [asking, setAsking] = useState(false);
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
      {mayEndAll && (
        <footer className="form-actions">
          <Button look="danger" onClick={() => setAsking(true)}>
            {t('endAll')}
          </Button>
        </footer>
      )}
      {asking && (
        <Destroy
          title={t('endAllTitle', { name: user.name })}
          action={t('endAllDo')}
          keep={t('endAllKeep')}
          act={() => endSessionsOf(user.id)}
          list={['sessions']}
          done={t('allEnded', { name: user.name })}
          onClose={() => setAsking(false)}
        >
          <p>{t('endAllHelp')}</p>
        </Destroy>
      )}
    </Dialog>
  );
}
