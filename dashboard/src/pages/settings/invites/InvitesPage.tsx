import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { invitesQuery, revokeInvite } from '../../../api/invites';
import type { Invite } from '../../../api/model';
import { meQuery } from '../../../api/session';
import { mayManage } from '../../../auth/manage';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { Time } from '../../../ui/Time';
import { usePageTitle } from '../../../ui/usePageTitle';
import { Destroy } from '../Destroy';
import { Make } from '../Make';
import { SectionHead } from '../SectionHead';
import { NewInvite } from './NewInvite';
import { invitesTexts } from './texts';

export function InvitesPage() {
  const t = useTexts(invitesTexts);
  usePageTitle(t('title'));
  const invites = useQuery(invitesQuery);
  const { manageInstance } = useRights();
  const [revoking, setRevoking] = useState<Invite>();
  return (
    <section aria-label={t('title')}>
      <SectionHead title={t('title')} lead={t('lead')}>
        {manageInstance && (
          <Make text={t('invite')}>{(onClose) => <NewInvite onClose={onClose} />}</Make>
        )}
      </SectionHead>
      <DataTable
        label={t('title')}
        columns={useColumns(setRevoking)}
        rows={invites.data}
        rowKey={({ id }) => id}
        error={invites.error}
        onRetry={() => void invites.refetch()}
        empty={
          <Empty title={t('emptyTitle')}>
            <p>{manageInstance ? t('emptyHelp') : t('emptyRead')}</p>
          </Empty>
        }
      />
      {revoking !== undefined && (
        <Revoke invite={revoking} onClose={() => setRevoking(undefined)} />
      )}
    </section>
  );
}

function useColumns(onRevoke: (invite: Invite) => void): readonly Column<Invite>[] {
  const t = useTexts(invitesTexts);
  const common = useCommon();
  const { data: me } = useQuery(meQuery);
  return [
    {
      id: 'email',
      head: t('email'),
      cell: ({ email }) => <span className="cell-name">{email}</span>,
      sort: ({ email }) => email,
    },
    {
      id: 'role',
      head: t('role'),
      cell: ({ role }) => common(`role_${role}`),
      sort: ({ role }) => role,
    },
    {
      id: 'created',
      head: t('created'),
      cell: ({ created_at }) => <Time value={created_at} />,
      sort: ({ created_at }) => created_at,
    },
    {
      id: 'expires',
      head: t('expires'),
      cell: ({ expires_at }) => <Time value={expires_at} />,
      sort: ({ expires_at }) => expires_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (invite) =>
        me !== undefined &&
        mayManage(me.role, invite.role) && (
          <Button
            look="quiet"
            aria-label={t('revokeNamed', { email: invite.email })}
            onClick={() => onRevoke(invite)}
          >
            {t('revoke')}
          </Button>
        ),
    },
  ];
}

function Revoke({ invite, onClose }: { invite: Invite; onClose: () => void }) {
  const t = useTexts(invitesTexts);
  return (
    <Destroy
      title={t('revokeTitle', { email: invite.email })}
      action={t('revokeDo')}
      keep={t('revokeKeep')}
      // Another invitation would have another link.
      typed={invite.email}
      act={() => revokeInvite(invite.id)}
      list={invitesQuery.queryKey}
      done={t('revoked', { email: invite.email })}
      onClose={onClose}
    >
      <p>{t('revokeHelp')}</p>
    </Destroy>
  );
}
