import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { ApiError } from '../../../api/errors';
import { addMember, membersQuery } from '../../../api/members';
import type { Project, ProjectRole } from '../../../api/model';
import { meQuery } from '../../../api/session';
import { usersQuery } from '../../../api/users';
import { useTexts } from '../../../i18n/catalogue';
import { Dialog } from '../../../ui/Dialog';
import { TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { RoleCards } from '../people/RoleCards';
import { useRoles } from '../people/useRoles';
import { givable } from './roles';
import { membersTexts } from './texts';

export function AddMember({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useTexts(membersTexts);
  const { projectRole, aboutProjectRole } = useRoles();
  const client = useQueryClient();
  const list = useId();
  const { data: me } = useQuery(meQuery);
  const members = useQuery(membersQuery(project.id));
  const users = useQuery(usersQuery);
  const [role, setRole] = useState<ProjectRole>('viewer');
  const own = members.data?.find(({ user_id }) => user_id === me?.id)?.role;
  const others = users.data?.filter(
    ({ id }) => !members.data?.some(({ user_id }) => user_id === id),
  );
  const add = useMutation({
    mutationFn: (body: { email: string; role: ProjectRole }) => addMember(project.id, body),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: membersQuery(project.id).queryKey });
      onClose();
    },
  });
  const errors = fieldErrors(add.error, 'email');
  const unknown = add.error instanceof ApiError && add.error.status === 404;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    add.mutate({ email: String(new FormData(event.currentTarget).get('email')).trim(), role });
  }

  return (
    <Dialog title={t('addTo', { project: project.name })} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('email')}
          name="email"
          type="email"
          list={list}
          autoComplete="off"
          required
          autoFocus
          hint={t('emailHint')}
          error={unknown ? t('unknown') : errors.at('email')}
        />
        <datalist id={list}>
          {others?.map(({ id, email, name }) => (
            <option key={id} value={email}>
              {name}
            </option>
          ))}
        </datalist>
        {unknown && <Link to="/settings/invites">{t('inviteThem')}</Link>}
        <RoleCards
          label={t('role')}
          roles={me === undefined ? [] : givable(me.role, own)}
          chosen={role}
          onChange={setRole}
          nameOf={projectRole}
          aboutOf={aboutProjectRole}
        />
        <FormFoot
          error={unknown ? undefined : errors.rest}
          submit={t('add')}
          busy={add.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
