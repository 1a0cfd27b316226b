import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { ApiError } from '../../api/errors';
import { login, visitorQuery } from '../../api/session';
import { type Translate, useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/Field';
import { PasswordField } from '../../ui/PasswordField';
import { usePageTitle } from '../../ui/usePageTitle';
import { Door } from '../door/Door';
import { SingleSignOn } from './SingleSignOn';
import { loginTexts } from './texts';
import type { texts } from './texts.en';
import { useWait } from './useWait';

export function LoginPage() {
  const t = useTexts(loginTexts);
  usePageTitle(t('title'));
  const { return: back, sso } = useSearch({ from: '/login' });
  const router = useRouter();
  const client = useQueryClient();
  const attempt = useMutation({
    mutationFn: login,
    onSuccess: async ({ user }) => {
      client.clear();
      router.history.push(`/app${back ?? (await firstPage(user.role))}`);
    },
  });
  const wait = useWait(attempt.error);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    attempt.mutate({ email: String(form.get('email')), password: String(form.get('password')) });
  }

  return (
    <Door lead={back === undefined ? t('lead') : t('leadBack')} foot={t('foot')}>
      <SignedIn back={back} />
      <form className="form" onSubmit={submit} aria-label={t('title')}>
        <TextField
          label={t('email')}
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
        />
        <PasswordField
          label={t('password')}
          name="password"
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
        <Button type="submit" look="primary" busy={attempt.isPending} disabled={wait !== undefined}>
          {attempt.isPending ? t('busy') : wait === undefined ? t('submit') : t('wait', { wait })}
        </Button>
      </form>
      <SingleSignOn back={back} />
    </Door>
  );
}

/** Says so to whoever is signed in already, and came here by a bookmark. */
function SignedIn({ back }: { back: string | undefined }) {
  const t = useTexts(loginTexts);
  const { data: visitor } = useQuery(visitorQuery);
  if (visitor === undefined || visitor === null) return null;
  return (
    <p className="notice">
      {t('signedIn', { name: visitor.name })} <a href={`/app${back ?? '/'}`}>{t('goOn')}</a>
    </p>
  );
}

/** Where an owner of an installation in which nothing has happened yet begins; else the overview. */
async function firstPage(role: string): Promise<string> {
  if (role !== 'owner') return '/';
  const { isFirstStart } = await import('../welcome/firstStart');
  return (await isFirstStart()) ? '/welcome' : '/';
}

function explain(error: unknown, t: Translate<typeof texts>): string {
  if (!(error instanceof ApiError)) return t('failed');
  if (error.status === 401) return t('mismatch');
  return error.status === 429 ? t('tooMany') : error.message;
}
