import { useMutation } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { ApiError } from '../../api/errors';
import { resetPassword } from '../../api/session';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { fieldErrors } from '../../ui/Field';
import { ErrorNotice } from '../../ui/Notice';
import { NewPasswordField } from '../../ui/PasswordField';
import { usePageTitle } from '../../ui/usePageTitle';
import { Door } from '../door/Door';
import { resetTexts } from './texts';

export function ResetPage() {
  const t = useTexts(resetTexts);
  usePageTitle(t('title'));
  const { token } = useParams({ from: '/reset-password/$token' });
  const reset = useMutation({
    mutationFn: (password: string) => resetPassword({ token, password }),
  });
  const errors = fieldErrors(reset.error, 'password');
  const over = reset.error instanceof ApiError && [404, 410].includes(reset.error.status);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    reset.mutate(String(new FormData(event.currentTarget).get('password')));
  }

  if (reset.isSuccess || over) {
    return (
      <Door>
        <div role="alert">
          <h2>{over ? t('over') : t('done')}</h2>
        </div>
        <p className="muted">{over ? t('overHelp') : t('doneHelp')}</p>
        <Link to="/login" className={`button ${over ? 'button-plain' : 'button-primary'}`}>
          {t('toLogin')}
        </Link>
      </Door>
    );
  }
  return (
    <Door lead={t('lead')}>
      <form className="form" onSubmit={submit} aria-label={t('title')}>
        <NewPasswordField
          label={t('password')}
          name="password"
          autoFocus
          error={errors.at('password')}
        />
        {errors.rest !== undefined && <ErrorNotice error={errors.rest} />}
        <Button type="submit" look="primary" busy={reset.isPending}>
          {t('submit')}
        </Button>
      </form>
    </Door>
  );
}
