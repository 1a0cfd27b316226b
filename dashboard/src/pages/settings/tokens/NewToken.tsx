import { type FormEvent, useState } from 'react';
import type { TokenScope } from '../../../api/model';
import { createToken, tokensQuery } from '../../../api/tokens';
import { DAY_MS } from '../../../format/time';
import { useTexts } from '../../../i18n/catalogue';
import { Code } from '../../../ui/Code';
import { Dialog } from '../../../ui/Dialog';
import { SelectField, TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { ShownOnce } from '../ShownOnce';
import { useSecret } from '../useSecret';
import { tokensTexts } from './texts';

const SCOPES = ['read', 'export', 'query', 'manage'] as const satisfies TokenScope[];
const LIFETIMES = ['30', '90', '365'] as const;

export function NewToken({ onClose }: { onClose: () => void }) {
  const t = useTexts(tokensTexts);
  const [scopes, setScopes] = useState<readonly TokenScope[]>(['read']);
  const create = useSecret(createToken, tokensQuery.queryKey);
  const errors = fieldErrors(create.error, 'name', 'expires_at');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const days = Number(form.get('lifetime'));
    const expires = days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : undefined;
    create.mutate({
      name: String(form.get('name')).trim(),
      scopes: SCOPES.filter((scope) => scopes.includes(scope)),
      ...(expires === undefined ? {} : { expires_at: expires }),
    });
  }

  if (create.data !== undefined) {
    return <Shown token={create.data.token} reads={scopes.includes('read')} onClose={onClose} />;
  }
  return (
    <Dialog title={t('make')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          name="name"
          placeholder={t('namePlaceholder')}
          maxLength={128}
          required
          autoFocus
          hint={t('nameHint')}
          error={errors.at('name')}
        />
        <fieldset className="choice-cards">
          <legend>{t('scopes')}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="choice-card">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                // Nothing chosen would open nothing: the form asks for one.
                required={scopes.length === 0}
                onChange={({ target }) =>
                  setScopes(
                    target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope),
                  )
                }
              />
              <b>{t(`scope_${scope}`)}</b>
              <span>{t(`about_${scope}`)}</span>
            </label>
          ))}
        </fieldset>
        <SelectField
          label={t('expires')}
          name="lifetime"
          defaultValue="90"
          error={errors.at('expires_at')}
        >
          {LIFETIMES.map((days) => (
            <option key={days} value={days}>
              {t(`life_${days}`)}
            </option>
          ))}
          <option value="">{t('never')}</option>
        </SelectField>
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

interface ShownProps {
  token: string;
  reads: boolean;
  onClose: () => void;
}

function Shown({ token, reads, onClose }: ShownProps) {
  const t = useTexts(tokensTexts);
  const { origin } = window.location;
  const curl = `curl -sS '${origin}/v1/audit?limit=1' \\\n  -H 'Authorization: Bearer ${token}'`;
  return (
    <ShownOnce title={t('shownTitle')} label={t('shownToken')} text={token} onClose={onClose}>
      <p>{t('shownHelp')}</p>
      {reads && <Code label={t('shownExample')} text={curl} />}
    </ShownOnce>
  );
}
