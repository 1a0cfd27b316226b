import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { addMember, changeMember, membersQuery, removeMember } from '../../../api/members';
import type { ListedUser, Member, Project, ProjectRole } from '../../../api/model';
import { meQuery } from '../../../api/session';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { toast } from '../../../ui/toast';
import { useShownChange } from '../../../ui/useShownChange';
import { useRoles } from '../people/useRoles';
import { PROJECT_ROLES, givable } from './roles';
import { membersTexts } from './texts';

interface Props {
  project: Project;
  members: UseQueryResult<Member[]>;
  /** The users of the instance, where the reader may see them; nothing while they are on their way. */
  users: readonly ListedUser[] | undefined;
  mayManage: boolean;
  /** Shown when there is nobody. */
  children: ReactNode;
}

export function MemberTable({ project, members, users, mayManage, children }: Props) {
  const t = useTexts(membersTexts);
  const { data: me } = useQuery(meQuery);
  const own = members.data?.find(({ user_id }) => user_id === me?.id);
  const roles = mayManage && me !== undefined ? givable(me.role, own?.role) : [];
  const { setRole, remove } = useChanges(project.id);
  const columns: readonly Column<Member>[] = [
    {
      id: 'name',
      head: t('name'),
      cell: ({ name, email }) => (
        <>
          <span className="cell-name">{name}</span>
          <span className="cell-note">{email}</span>
        </>
      ),
      sort: ({ name }) => name,
    },
    {
      id: 'role',
      head: t('role'),
      cell: (member) => (
        <>
          <Role member={member} roles={roles} onChange={(role) => setRole(member, role)} />
          {users !== undefined && onlyReads(member, users) && (
            <span title={t('readsHelp')}>
              <Badge tone="info">{t('reads')}</Badge>
            </span>
          )}
        </>
      ),
      sort: ({ role }) => PROJECT_ROLES.indexOf(role),
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (member) =>
        roles.includes(member.role) && (
          <Button
            look="quiet"
            aria-label={t('removeNamed', { name: member.name })}
            onClick={() => remove(member)}
          >
            {t('remove')}
          </Button>
        ),
    },
  ];
  return (
    <DataTable
      label={t('title')}
      columns={columns}
      // Of a member it is told what the role of the user takes away.
      rows={users === undefined ? undefined : members.data}
      rowKey={({ user_id }) => user_id}
      error={members.error}
      onRetry={() => void members.refetch()}
      empty={children}
    />
  );
}

/** Whether the role on the instance takes away what the role in the project would give. */
function onlyReads(member: Member, users: readonly ListedUser[]): boolean {
  const role = users.find(({ id }) => id === member.user_id)?.role;
  return member.role !== 'viewer' && (role === 'viewer' || role === 'auditor');
}

interface RoleProps {
  member: Member;
  roles: readonly ProjectRole[];
  onChange: (role: ProjectRole) => void;
}

function Role({ member, roles, onChange }: RoleProps) {
  const t = useTexts(membersTexts);
  const { projectRole } = useRoles();
  if (!roles.includes(member.role)) return projectRole(member.role);
  return (
    <select
      className="input select"
      aria-label={t('roleOf', { name: member.name })}
      value={member.role}
      onChange={({ target }) => {
        const role = roles.find((each) => each === target.value);
        if (role !== undefined) onChange(role);
      }}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {projectRole(role)}
        </option>
      ))}
    </select>
  );
}

/** What changes members: at once on the page, with a way back. */
function useChanges(projectId: string) {
  const t = useTexts(membersTexts);
  const { projectRole } = useRoles();
  // One may change oneself.
  const change = useShownChange<Member>(membersQuery(projectId).queryKey, meQuery.queryKey);

  function put(member: Member, role: ProjectRole) {
    return {
      act: () => changeMember(projectId, member.user_id, role),
      show: (now: Member[]) =>
        now.map((each) => (each.user_id === member.user_id ? { ...each, role } : each)),
    };
  }

  return {
    setRole: (member: Member, role: ProjectRole) =>
      change({
        ...put(member, role),
        done: () =>
          toast(t('changed', { name: member.name, role: projectRole(role) }), {
            onUndo: () => change(put(member, member.role)),
          }),
      }),
    remove: (member: Member) =>
      change({
        act: () => removeMember(projectId, member.user_id),
        show: (now) => now.filter(({ user_id }) => user_id !== member.user_id),
        done: () =>
          toast(t('removed', { name: member.name }), {
            onUndo: () =>
              change({
                act: () => addMember(projectId, { email: member.email, role: member.role }),
                show: (now) => [...now, member],
              }),
          }),
      }),
  };
}
