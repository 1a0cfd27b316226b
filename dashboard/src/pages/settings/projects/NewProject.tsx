import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createProject, projectMade } from '../../../api/projects';
import { useTexts } from '../../../i18n/catalogue';
import { Dialog } from '../../../ui/Dialog';
import { TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { slugOf } from './slug';
import { projectsTexts } from './texts';

export function NewProject({ onClose }: { onClose: () => void }) {
  const t = useTexts(projectsTexts);
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string>();
  const slug = ownSlug ?? slugOf(name);
  const create = useMutation({
    mutationFn: createProject,
    onSuccess: async () => {
      await projectMade(client);
      onClose();
    },
  });
  const errors = fieldErrors(create.error, 'name', 'slug');

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ name: name.trim(), slug });
  }

  return (
    <Dialog title={t('create')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={128}
          required
          autoFocus
          error={errors.at('name')}
        />
        <TextField
          label={t('slug')}
          value={slug}
          onChange={(event) => setOwnSlug(event.target.value)}
          pattern="[A-Za-z0-9][A-Za-z0-9\-_.]{0,99}"
          required
          hint={t('slugHint')}
          error={errors.at('slug')}
        />
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
