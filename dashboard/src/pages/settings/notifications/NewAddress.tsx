import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Project } from '../../../api/model';
import { type ChannelType, createWebhook, webhooksQuery } from '../../../api/notifications';
import { meQuery } from '../../../api/session';
import { useTexts } from '../../../i18n/catalogue';
import { Dialog } from '../../../ui/Dialog';
import { SelectField, TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { Banner } from '../../../ui/Notice';
import { toast } from '../../../ui/toast';
import { ShownOnce } from '../ShownOnce';
import { TYPES, readForm } from './form';
import { notificationsTexts } from './texts';

export function NewAddress({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useTexts(notificationsTexts);
  const client = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [type, setType] = useState<ChannelType>('webhook');
  const create = useMutation({
    mutationFn: createWebhook,
    // The answer holds the secret: it must not outlive this dialog in the cache.
    gcTime: 0,
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: webhooksQuery(project.id).queryKey });
      if (made.type === 'webhook') return;
      toast(t('added'));
      onClose();
    },
  });
  const errors = fieldErrors(create.error, 'url', 'secret');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    create.mutate(readForm(new FormData(event.currentTarget), type, project.id));
  }

  if (create.data?.type === 'webhook') {
    return (
      <ShownOnce
        title={t('secretTitle')}
        label={t('secret')}
        text={create.data.config.secret}
        onClose={onClose}
      >
        <p>{t('secretHelp')}</p>
      </ShownOnce>
    );
  }
  return (
    <Dialog title={t('add')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <SelectField
          label={t('type')}
          value={type}
          hint={t(`about_${type}`)}
          onChange={({ target }) =>
            setType(TYPES.find((each) => each === target.value) ?? 'webhook')
          }
        >
          {TYPES.map((each) => (
            <option key={each} value={each}>
              {t(`type_${each}`)}
            </option>
          ))}
        </SelectField>
        <TextField
          // Another kind of address is not an edit of this one.
          key={type === 'email' ? 'email' : 'url'}
          label={t(type === 'email' ? 'email' : 'url')}
          name="url"
          type={type === 'email' ? 'email' : 'url'}
          placeholder={t(`example_${type}`)}
          autoComplete="off"
          required
          autoFocus
          error={errors.at('url')}
        />
        {type === 'email' && me?.features.mail === false && (
          <Banner tone="warn">{t('noMail')}</Banner>
        )}
        {type === 'webhook' && (
          <details className="settings-more" open={errors.at('secret') !== undefined || undefined}>
            <summary>{t('ownSecret')}</summary>
            <TextField
              label={t('secret')}
              name="secret"
              minLength={8}
              maxLength={256}
              autoComplete="off"
              spellCheck={false}
              hint={t('ownSecretHint')}
              error={errors.at('secret')}
            />
          </details>
        )}
        <FormFoot
          error={errors.rest}
          submit={t('addDo')}
          busy={create.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
