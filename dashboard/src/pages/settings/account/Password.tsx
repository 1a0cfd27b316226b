import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef } from 'react';
import { changePassword } from '../../../api/session';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { fieldErrors } from '../../../ui/Field';
import { ErrorNotice } from '../../../ui/Notice';
import { NewPasswordField, PasswordField } from '../../../ui/PasswordField';
import { toast } from '../../../ui/toast';
import { SectionHead } from '../SectionHead';
import { accountTexts } from './texts';

export function Password() {
  const t = useTexts(accountTexts);
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: async () => {
      form.current?.reset();
      toast(t('changed'));
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const errors = fieldErrors(change.error, 'current_password', 'new_password');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    change.mutate({
      current_password: String(fields.get('current')),
      new_password: String(fields.get('new')),
    });
  }

  return (
    <section aria-label={t('password')}>
      <SectionHead title={t('password')} lead={t('passwordLead')} />
      <form ref={form} className="form settings-form" onSubmit={submit}>
        <PasswordField
          label={t('current')}
          name="current"
          autoComplete="current-password"
          required
          error={errors.at('current_password')}
        />
        <NewPasswordField label={t('new')} name="new" error={errors.at('new_password')} />
        {errors.rest !== undefined && <ErrorNotice error={errors.rest} />}
        <div>
          <Button type="submit" busy={change.isPending}>
            {t('change')}
          </Button>
        </div>
      </form>
    </section>
  );
}
