import { type FormEvent } from 'react';
import type { SavedQuery } from '../../api/console';
import { useTexts } from '../../i18n/catalogue';
import { Dialog } from '../../ui/Dialog';
import { TextField, fieldErrors } from '../../ui/Field';
import { FormFoot } from '../../ui/FormFoot';
import { queryTexts } from './texts';
import { useSave } from './useSave';

interface Props {
  /** Renames this one; without it, a new one is kept. */
  saved: SavedQuery | undefined;
  text: string;
  onSaved: (saved: SavedQuery) => void;
  onClose: () => void;
}

export function SaveQuery({ saved, text, onSaved, onClose }: Props) {
  const t = useTexts(queryTexts);
  const save = useSave();
  const errors = fieldErrors(save.error, 'name');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    save.mutate({ id: saved?.id, name, sql: text }, { onSuccess: onSaved });
  }

  return (
    <Dialog title={saved === undefined ? t('saveTitle') : t('renameTitle')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          name="name"
          required
          maxLength={200}
          defaultValue={saved?.name}
          autoComplete="off"
          autoFocus
          hint={t('onlyYours')}
          error={errors.at('name')}
        />
        <FormFoot error={errors.rest} busy={save.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
