import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { ApiError } from '../../api/errors';
import { login, meQuery } from '../../api/session';
import { explainSso } from '../../auth/sso';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/Field';
import { Logo } from '../../ui/Logo';
import { usePageTitle } from '../../ui/usePageTitle';
import { SingleSignOn } from './SingleSignOn';
import './login.css';

export function LoginPage() {
  usePageTitle('Sign in');
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
      <form className="login-card" onSubmit={submit} aria-label="Sign in">
        <div className="login-brand">
          <Logo />
          <h1>BatAudit</h1>
        </div>
        <p className="login-lead">Sign in to see what your services did.</p>
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        {sso !== undefined && !attempt.isError && (
          <p className="field-error" role="alert">
            {explainSso(sso)}
          </p>
        )}
        {attempt.isError && (
          <p className="field-error" role="alert">
            {explain(attempt.error)}
          </p>
        )}
        <Button type="submit" look="primary" busy={attempt.isPending}>
          {attempt.isPending ? 'Signing in…' : 'Sign in'}
        </Button>
        <SingleSignOn back={back} />
      </form>
      <p className="login-foot">
        No account yet? Ask an owner of this installation for an invitation.
      </p>
    </main>
  );
}

function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Signing in failed. Try again.';
  if (error.status === 401) return 'This e-mail and password do not match an account.';
  if (error.status === 429) {
    const wait = error.retryAfterSeconds;
    return wait === undefined
      ? 'Too many attempts. Wait a minute, then try again.'
      : `Too many attempts. Try again in ${wait} seconds.`;
  }
  return error.message;
}
