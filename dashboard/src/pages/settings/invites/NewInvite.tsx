import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createInvite, invitesQuery } from '../../../api/invites';
import type { InstanceRole } from '../../../api/model';
import { meQuery } from '../../../api/session';
import { invitable } from '../../../auth/manage';
import { dateTime, utc } from '../../../format/time';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Dialog } from '../../../ui/Dialog';
import { TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { ShownOnce } from '../ShownOnce';
import { RoleCards } from '../people/RoleCards';
import { linkTo } from '../people/links';
import { useRoles } from '../people/useRoles';
import { settingsTexts } from '../texts';
import { useSecret } from '../useSecret';
import { invitesTexts } from './texts';

export function NewInvite({ onClose }: { onClose: () => void }) {
  const t = useTexts(invitesTexts);
  const settings = useTexts(settingsTexts);
  const { aboutRole } = useRoles();
  const common = useCommon();
  const { data: me } = useQuery(meQuery);
  const [role, setRole] = useState<InstanceRole>('viewer');
  const create = useSecret(createInvite, invitesQuery.queryKey);
  const errors = fieldErrors(create.error, 'email');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    create.mutate({ email: String(new FormData(event.currentTarget).get('email')).trim(), role });
  }

  if (create.data !== undefined) {
    const { email, token, emailed, expires_at } = create.data;
    return (
      <ShownOnce
        title={t('shownTitle', { email })}
        label={t('link')}
        text={linkTo('invite', token)}
        done={settings('linkDone')}
        onClose={onClose}
      >
        <p>{emailed ? t('mailed', { email }) : t('byHand')}</p>
        <p title={utc(expires_at)}>{t('until', { time: dateTime(expires_at) })}</p>
        {role !== 'auditor' && <p>{t('thenMember')}</p>}
      </ShownOnce>
    );
  }
  return (
    <Dialog title={t('invite')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('email')}
          name="email"
          type="email"
          autoComplete="off"
          maxLength={254}
          required
          autoFocus
          error={errors.at('email')}
        />
        <RoleCards
          label={t('role')}
          roles={invitable(me?.role ?? 'viewer')}
          chosen={role}
          onChange={setRole}
          nameOf={(each) => common(`role_${each}`)}
          aboutOf={aboutRole}
        />
        <FormFoot
          error={errors.rest}
          submit={t('submit')}
          busy={create.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
