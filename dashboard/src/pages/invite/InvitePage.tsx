import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { ApiError } from '../../api/errors';
import { acceptInvite, invitationQuery } from '../../api/invites';
import type { Invitation } from '../../api/model';
import { login, visitorQuery } from '../../api/session';
import { dateTime, utc } from '../../format/time';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Button } from '../../ui/Button';
import { TextField, fieldErrors } from '../../ui/Field';
import { ErrorNotice } from '../../ui/Notice';
import { NewPasswordField } from '../../ui/PasswordField';
import { Skeleton } from '../../ui/Skeleton';
import { toast } from '../../ui/toast';
import { usePageTitle } from '../../ui/usePageTitle';
import { Door } from '../door/Door';
import { inviteTexts } from './texts';

export function InvitePage() {
  const t = useTexts(inviteTexts);
  usePageTitle(t('title'));
  const { token } = useParams({ from: '/invite/$token' });
  const invitation = useQuery(invitationQuery(token));
  const { error, data } = invitation;
  if (isOver(error)) return <Over />;
  return (
    <Door lead={t('lead')}>
      {error !== null && <ErrorNotice error={error} onRetry={() => void invitation.refetch()} />}
      {invitation.isPending && <Skeleton shape="lines" />}
      {data !== undefined && <Accept token={token} invitation={data} />}
    </Door>
  );
}

function Accept({ token, invitation }: { token: string; invitation: Invitation }) {
  const t = useTexts(inviteTexts);
  const common = useCommon();
  const router = useRouter();
  const client = useQueryClient();
  const { data: visitor } = useQuery(visitorQuery);
  const accept = useMutation({
    mutationFn: (body: { name: string; password: string }) => acceptInvite(token, body),
    onSuccess: async ({ email }, { password }) => {
      client.clear();
      try {
        await login({ email, password });
        router.history.push('/app/');
      } catch {
        // The account is there: they sign in themselves.
        toast(t('accepted'));
        router.history.push('/app/login');
      }
    },
  });
  const errors = fieldErrors(accept.error, 'name', 'password');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    accept.mutate({
      name: String(form.get('name')).trim(),
      password: String(form.get('password')),
    });
  }

  if (isOver(accept.error)) return <OverText />;
  return (
    <form className="form" onSubmit={submit} aria-label={t('title')}>
      {visitor && <p className="notice">{t('signedIn', { name: visitor.name })}</p>}
      <TextField
        label={t('email')}
        type="email"
        autoComplete="username"
        value={invitation.email}
        readOnly
        hint={t('as', { role: common(`role_${invitation.role}`) })}
      />
      <TextField
        label={t('name')}
        name="name"
        autoComplete="name"
        maxLength={100}
        required
        autoFocus
        error={errors.at('name')}
      />
      <NewPasswordField label={t('password')} name="password" error={errors.at('password')} />
      {errors.rest !== undefined && <ErrorNotice error={errors.rest} />}
      <Button type="submit" look="primary" busy={accept.isPending}>
        {t('submit')}
      </Button>
      <p className="field-hint" title={utc(invitation.expires_at)}>
        {t('until', { time: dateTime(invitation.expires_at) })}
      </p>
    </form>
  );
}

/** The invitation is unknown, used, taken back or too old. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 410);
}

function Over() {
  return (
    <Door>
      <OverText />
    </Door>
  );
}

function OverText() {
  const t = useTexts(inviteTexts);
  return (
    <>
      <div role="alert">
        <h2>{t('over')}</h2>
      </div>
      <p className="muted">{t('overHelp')}</p>
      <Link to="/login" className="button button-plain">
        {t('toLogin')}
      </Link>
    </>
  );
}
