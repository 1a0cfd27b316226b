import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createKey, keysQuery } from '../../../api/keys';
import type { KeyScope, NewApiKey, Project } from '../../../api/model';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Button } from '../../../ui/Button';
import { Dialog } from '../../../ui/Dialog';
import { SelectField, TextField, fieldErrors } from '../../../ui/Field';
import { ErrorNotice } from '../../../ui/Notice';
import { KeyShown } from './KeyShown';
import { keysTexts } from './texts';

const SCOPES = ['project', 'instance', 'browser'] as const satisfies KeyScope[];
const LIFETIMES = ['30', '90', '365'] as const;

export function NewKey({ project, onClose }: { project: Project; onClose: () => void }) {
  const client = useQueryClient();
  const t = useTexts(keysTexts);
  const common = useCommon();
  const { ownInstance } = useRights();
  // Only an owner may make a key that writes into every project.
  const scopes = SCOPES.filter((each) => each !== 'instance' || ownInstance);
  const [scope, setScope] = useState<KeyScope>('project');
  const create = useMutation({
    mutationFn: createKey,
    // The answer holds the key: it must not outlive this dialog in the cache.
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery(project.id).queryKey }),
  });

  const errors = fieldErrors(create.error, 'name', 'origins', 'expires_at');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    create.mutate(readForm(new FormData(event.currentTarget), project.id, Date.now()));
  }

  if (create.data !== undefined) return <KeyShown apiKey={create.data.key} onClose={onClose} />;
  return (
    <Dialog title={t('newTitle')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          name="name"
          placeholder={t('namePlaceholder')}
          maxLength={128}
          required
          autoFocus
          hint={t('forProject', { name: project.name })}
          error={errors.at('name')}
        />
        <SelectField
          label={t('scope')}
          name="scope"
          value={scope}
          onChange={(event) => setScope(SCOPES.find((s) => s === event.target.value) ?? 'project')}
          hint={t(`scopeHint_${scope}`)}
        >
          {scopes.map((value) => (
            <option key={value} value={value}>
              {t(`scope_${value}`)}
            </option>
          ))}
        </SelectField>
        {scope === 'browser' && (
          <TextField
            label={t('originsLabel')}
            name="origins"
            placeholder={t('originsPlaceholder')}
            required
            hint={t('originsHint')}
            error={errors.at('origins')}
          />
        )}
        <SelectField label={t('expires')} name="lifetime" error={errors.at('expires_at')}>
          <option value="">{t('never')}</option>
          {LIFETIMES.map((days) => (
            <option key={days} value={days}>
              {t(`life_${days}`)}
            </option>
          ))}
        </SelectField>
        {errors.rest !== undefined && <ErrorNotice error={errors.rest} />}
        <footer className="form-actions">
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            {t('submit')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function readForm(form: FormData, projectId: string, now: number): NewApiKey {
  const scope = SCOPES.find((known) => known === form.get('scope')) ?? 'project';
  const days = Number(form.get('lifetime'));
  const origins = String(form.get('origins') ?? '')
    .split(/[\s,]+/)
    .filter((origin) => origin !== '');
  return {
    project_id: projectId,
    name: String(form.get('name')).trim(),
    scope,
    ...(scope === 'browser' ? { origins } : {}),
    ...(days > 0 ? { expires_at: new Date(now + days * 86_400_000).toISOString() } : {}),
  };
}
