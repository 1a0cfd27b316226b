import { type FormEvent, useState } from 'react';
import { ApiError } from '../../../api/errors';
import { createKey, keysQuery } from '../../../api/keys';
import type { KeyScope, Project } from '../../../api/model';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Dialog } from '../../../ui/Dialog';
import { SelectField, TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { useSecret } from '../useSecret';
import { KeyShown } from './KeyShown';
import { LIFETIMES, SCOPES, readForm } from './form';
import { keysTexts } from './texts';

export function NewKey({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useTexts(keysTexts);
  const { ownInstance } = useRights();
  // Only an owner may make a key that writes into every project.
  const scopes = SCOPES.filter((each) => each !== 'instance' || ownInstance);
  const [scope, setScope] = useState<KeyScope>('project');
  const create = useSecret(createKey, keysQuery(project.id).queryKey);
  // The server names the origin that is wrong: `origins[2]`.
  const about = create.error instanceof ApiError ? (create.error.parameter ?? '') : '';
  const origin = about.startsWith('origins') ? about : 'origins';
  const errors = fieldErrors(create.error, 'name', origin, 'expires_at', 'rate');

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
            error={errors.at(origin)}
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
        <OwnRate error={errors.at('rate')} />
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

/** What the key may send, where that is not what the gateways allow every key. */
function OwnRate({ error }: { error: string | undefined }) {
  const t = useTexts(keysTexts);
  return (
    <details className="settings-more" open={error !== undefined || undefined}>
      <summary>{t('rate')}</summary>
      <div className="field-pair">
        <TextField
          label={t('ratePerSecond')}
          name="per_second"
          type="number"
          min={1}
          step={1}
          error={error}
        />
        <TextField label={t('rateBurst')} name="burst" type="number" min={1} step={1} />
      </div>
      <p className="field-hint">{t('rateHint')}</p>
    </details>
  );
}
