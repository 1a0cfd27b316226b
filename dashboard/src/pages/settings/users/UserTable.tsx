import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { InstanceRole, ListedUser, User } from '../../../api/model';
import { changeRole, usersQuery } from '../../../api/users';
import { INSTANCE_ROLES, mayManage } from '../../../auth/manage';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Badge } from '../../../ui/Badge';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Time } from '../../../ui/Time';
import { toast } from '../../../ui/toast';
import { useShownChange } from '../../../ui/useShownChange';
import { RowMenu } from '../people/RowMenu';
import type { Open } from './UsersPage';
import { usersTexts } from './texts';

interface Props {
  users: UseQueryResult<ListedUser[]>;
  me: User | undefined;
  onOpen: (open: Open) => void;
  /** Shown when there is nobody. */
  children: ReactNode;
}

export function UserTable({ users, me, onOpen, children }: Props) {
  const t = useTexts(usersTexts);
  const setRole = useSetRole();
  const columns: readonly Column<ListedUser>[] = [
    {
      id: 'name',
      head: t('name'),
      cell: (user) => (
        <>
          <span className="cell-name">
            {user.name} {user.id === me?.id && <Badge>{t('you')}</Badge>}
          </span>
          <span className="cell-note">{user.email}</span>
        </>
      ),
      sort: ({ name }) => name,
    },
    {
      id: 'role',
      head: t('role'),
      cell: (user) => <Role user={user} me={me} onChange={(role) => setRole(user, role)} />,
      sort: ({ role }) => INSTANCE_ROLES.indexOf(role),
    },
    {
      id: 'created',
      head: t('created'),
      cell: ({ created_at }) => <Time value={created_at} look="day" />,
      sort: ({ created_at }) => created_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (user) => <Actions user={user} me={me} onOpen={onOpen} />,
    },
  ];
  return (
    <DataTable
      label={t('title')}
      columns={columns}
      rows={users.data}
      rowKey={({ id }) => id}
      error={users.error}
      onRetry={() => void users.refetch()}
      empty={children}
    />
  );
}

interface RoleProps {
  user: ListedUser;
  me: User | undefined;
  onChange: (role: InstanceRole) => void;
}

function Role({ user, me, onChange }: RoleProps) {
  const t = useTexts(usersTexts);
  const common = useCommon();
  // Whoever takes their own role away cannot give it back.
  const may = me !== undefined && user.id !== me.id && mayManage(me.role, user.role);
  if (!may) return common(`role_${user.role}`);
  return (
    <select
      className="input select"
      aria-label={t('roleOf', { name: user.name })}
      value={user.role}
      onChange={({ target }) => {
        const role = INSTANCE_ROLES.find((each) => each === target.value);
        if (role !== undefined) onChange(role);
      }}
    >
      {INSTANCE_ROLES.filter((role) => mayManage(me.role, role)).map((role) => (
        <option key={role} value={role}>
          {common(`role_${role}`)}
        </option>
      ))}
    </select>
  );
}

function Actions({ user, me, onOpen }: Omit<Props, 'users' | 'children'> & { user: ListedUser }) {
  const t = useTexts(usersTexts);
  if (me === undefined) return null;
  const manages = mayManage(me.role, user.role);
  const self = user.id === me.id;
  const open = (what: Open['what']) => () => onOpen({ what, user });
  return (
    <RowMenu
      label={t('actionsFor', { name: user.name })}
      actions={[
        { text: t('sessions'), onSelect: open('sessions') },
        ...(manages && !self
          ? [
              { text: t('reset'), onSelect: open('reset') },
              { text: t('delete'), onSelect: open('delete') },
            ]
          : []),
      ]}
    />
  );
}

/** Changes a role at once on the page, and takes it back when the reader undoes it. */
function useSetRole() {
  const t = useTexts(usersTexts);
  const common = useCommon();
  const change = useShownChange<ListedUser>(usersQuery.queryKey);
  const changeTo = (id: string, role: InstanceRole) => ({
    act: () => changeRole(id, role),
    show: (users: ListedUser[]) => users.map((each) => (each.id === id ? { ...each, role } : each)),
  });
  return ({ id, name, role: before }: ListedUser, role: InstanceRole) =>
    change({
      ...changeTo(id, role),
      done: () =>
        toast(t('roleChanged', { name, role: common(`role_${role}`) }), {
          onUndo: () => change(changeTo(id, before)),
        }),
    });
}
