import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { Project } from '../../../api/model';
import { changeProject, projectsQuery } from '../../../api/projects';
import { useTexts } from '../../../i18n/catalogue';
import { Dialog } from '../../../ui/Dialog';
import { TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { projectsTexts } from './texts';

export function Rename({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useTexts(projectsTexts);
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: (name: string) => changeProject(project.id, { name }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      onClose();
    },
  });
  const errors = fieldErrors(rename.error, 'name');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    rename.mutate(String(new FormData(event.currentTarget).get('name')).trim());
  }

  return (
    <Dialog title={t('renameTitle', { name: project.name })} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          name="name"
          defaultValue={project.name}
          maxLength={128}
          required
          autoFocus
          hint={t('renameHint', { slug: project.slug })}
          error={errors.at('name')}
        />
        <FormFoot error={errors.rest} busy={rename.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
