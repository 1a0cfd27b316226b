import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Project } from '../../api/model';
import { OWN_PROJECT, createProject, projectMade, projectsQuery } from '../../api/projects';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { SelectField, TextField, fieldErrors } from '../../ui/Field';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { slugOf } from '../settings/projects/slug';
import { welcomeTexts } from './texts';

const NEW = 'new';

export function ProjectStep({ onDone }: { onDone: (project: Project) => void }) {
  const t = useTexts(welcomeTexts);
  const client = useQueryClient();
  const projects = useQuery(projectsQuery);
  const [wanted, setWanted] = useState<string>();
  const [name, setName] = useState('');
  const there = projects.data?.filter(({ id, archived_at: a }) => id !== OWN_PROJECT && a === null);
  const chosen = wanted ?? there?.[0]?.id ?? NEW;
  const create = useMutation({
    mutationFn: createProject,
    onSuccess: async (project) => {
      await projectMade(client);
      onDone(project);
    },
  });
  const errors = fieldErrors(create.error, 'name', 'slug');

  function submit(event: FormEvent) {
    event.preventDefault();
    const existing = there?.find(({ id }) => id === chosen);
    if (existing !== undefined) onDone(existing);
    else create.mutate({ name: name.trim(), slug: slugOf(name) });
  }

  if (projects.error !== null && there === undefined) {
    return <ErrorNotice error={projects.error} onRetry={() => void projects.refetch()} />;
  }
  if (there === undefined) return <Skeleton shape="lines" rows={2} />;
  return (
    <form className="form" onSubmit={submit}>
      <p className="muted">{t('projectHelp')}</p>
      {there.length > 0 && (
        <SelectField
          label={t('projectWhich')}
          value={chosen}
          onChange={({ target }) => setWanted(target.value)}
        >
          {there.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
          <option value={NEW}>{t('projectNew')}</option>
        </SelectField>
      )}
      {chosen === NEW && (
        <TextField
          label={t('projectName')}
          placeholder={t('projectPlaceholder')}
          value={name}
          onChange={({ target }) => setName(target.value)}
          maxLength={64}
          required
          autoFocus
          error={errors.at('name') ?? errors.at('slug')}
        />
      )}
      {errors.rest !== undefined && <ErrorNotice error={errors.rest} />}
      <div>
        <Button type="submit" look="primary" busy={create.isPending}>
          {t(chosen === NEW ? 'projectCreate' : 'projectUse')}
        </Button>
      </div>
    </form>
  );
}
