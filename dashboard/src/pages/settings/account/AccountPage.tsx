import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { meQuery } from '../../../api/session';
import { endOtherSessions, sessionsQuery } from '../../../api/sessions';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Button } from '../../../ui/Button';
import { Confirm } from '../../../ui/Confirm';
import { toast } from '../../../ui/toast';
import { usePageTitle } from '../../../ui/usePageTitle';
import { SectionHead } from '../SectionHead';
import { SessionTable } from '../people/SessionTable';
import { useRoles } from '../people/useRoles';
import { Password } from './Password';
import { accountTexts } from './texts';

export function AccountPage() {
  const t = useTexts(accountTexts);
  usePageTitle(t('title'));
  return (
    <>
      <Person />
      <Password />
      <Sessions />
    </>
  );
}

function Person() {
  const t = useTexts(accountTexts);
  const { aboutRole } = useRoles();
  const common = useCommon();
  const { data: me } = useQuery(meQuery);
  return (
    <section aria-label={t('title')}>
      <SectionHead title={t('title')} lead={t('lead')} />
      {me !== undefined && (
        <dl className="panel settings-card facts">
          <dt>{t('name')}</dt>
          <dd>{me.name}</dd>
          <dt>{t('email')}</dt>
          <dd>{me.email}</dd>
          <dt>{t('role')}</dt>
          <dd>
            {common(`role_${me.role}`)}
            <span className="cell-note">{aboutRole(me.role)}</span>
          </dd>
        </dl>
      )}
    </section>
  );
}

function Sessions() {
  const t = useTexts(accountTexts);
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const [asking, setAsking] = useState(false);
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0;
  const end = useMutation({
    mutationFn: endOtherSessions,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      setAsking(false);
      toast(t('othersEnded'));
    },
  });
  return (
    <section aria-label={t('sessions')}>
      <SectionHead title={t('sessions')} lead={t('sessionsLead')}>
        {others > 0 && <Button onClick={() => setAsking(true)}>{t('endOthers')}</Button>}
      </SectionHead>
      <SessionTable label={t('sessions')} sessions={sessions} mayEnd />
      {asking && (
        <Confirm
          title={t('endOthersTitle')}
          action={t('endOthers')}
          busy={end.isPending}
          error={end.error}
          onConfirm={() => end.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>{t('endOthersHelp', { count: others })}</p>
        </Confirm>
      )}
    </section>
  );
}
