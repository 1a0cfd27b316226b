import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ListedUser } from '../../../api/model';
import { meQuery } from '../../../api/session';
import { usersQuery } from '../../../api/users';
import { mayManage } from '../../../auth/manage';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Icon } from '../../../ui/Icon';
import { Empty } from '../../../ui/Notice';
import { usePageTitle } from '../../../ui/usePageTitle';
import { SectionHead } from '../SectionHead';
import { DeleteUser } from './DeleteUser';
import { ResetLink } from './ResetLink';
import { SessionsOf } from './SessionsOf';
import { UserTable } from './UserTable';
import { usersTexts } from './texts';

/** What is open for whom. */
export interface Open {
  what: 'reset' | 'sessions' | 'delete';
  user: ListedUser;
}

export function UsersPage() {
  const t = useTexts(usersTexts);
  usePageTitle(t('title'));
  const users = useQuery(usersQuery);
  const { data: me } = useQuery(meQuery);
  const { manageInstance } = useRights();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const beyond = manageInstance && users.data?.some(({ role }) => me && !mayManage(me.role, role));
  return (
    <section aria-label={t('title')}>
      <SectionHead title={t('title')} lead={t('lead')}>
        {manageInstance && (
          <Link to="/settings/invites" className="button button-primary">
            <Icon name="plus" />
            {t('invite')}
          </Link>
        )}
      </SectionHead>
      {!manageInstance && me !== undefined && <p className="section-note">{t('onlyRead')}</p>}
      {beyond === true && <p className="section-note">{t('beyond')}</p>}
      <UserTable users={users} me={me} onOpen={setOpen}>
        <Empty title={t('emptyTitle')}>
          <p>{t('emptyHelp')}</p>
        </Empty>
      </UserTable>
      {open?.what === 'reset' && <ResetLink user={open.user} onClose={close} />}
      {open?.what === 'sessions' && <SessionsOf user={open.user} onClose={close} />}
      {open?.what === 'delete' && <DeleteUser user={open.user} onClose={close} />}
    </section>
  );
}
