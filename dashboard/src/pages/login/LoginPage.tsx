import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { ApiError } from '../../api/errors';
import { login, meQuery } from '../../api/session';
import { type Translate, useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/Field';
import { Logo } from '../../ui/Logo';
import { usePageTitle } from '../../ui/usePageTitle';
import { SingleSignOn } from './SingleSignOn';
import { loginTexts } from './texts';
import type { texts } from './texts.en';
import './login.css';

export function LoginPage() {
  const t = useTexts(loginTexts);
  usePageTitle(t('title'));
  const { return: back, sso } = useSearch({ from: '/login' });
  const router = useRouter();
  const client = useQueryClient();
  const attempt = useMutation({
    mutationFn: login,
    onSuccess: ({ user }) => {
      client.clear();
      client.setQueryData(meQuery.queryKey, user);
      router.history.push(`/app${back ?? '/'}`);
    },
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    attempt.mutate({ email: String(form.get('email')), password: String(form.get('password')) });
  }

  return (
    <main className="login">
      <form className="login-card" onSubmit={submit} aria-label={t('title')}>
        <div className="login-brand">
          <Logo />
          <h1>BatAudit</h1>
        </div>
        <p className="login-lead">{t('lead')}</p>
        <TextField
          label={t('email')}
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
        />
        <TextField
          label={t('password')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        {sso !== undefined && !attempt.isError && (
          <p className="field-error" role="alert">
            {t(`sso_${sso}`)}
          </p>
        )}
        {attempt.isError && (
          <p className="field-error" role="alert">
            {explain(attempt.error, t)}
          </p>
        )}
        <Button type="submit" look="primary" busy={attempt.isPending}>
          {attempt.isPending ? t('busy') : t('submit')}
        </Button>
        <SingleSignOn back={back} />
      </form>
      <p className="login-foot">{t('foot')}</p>
    </main>
  );
}

function explain(error: unknown, t: Translate<typeof texts>): string {
  if (!(error instanceof ApiError)) return t('failed');
  if (error.status === 401) return t('mismatch');
  if (error.status === 429) {
    const wait = error.retryAfterSeconds;
    return wait === undefined ? t('tooMany') : t('tooManyFor', { count: wait });
  }
  return error.message;
}
