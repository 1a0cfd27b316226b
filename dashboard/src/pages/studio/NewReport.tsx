import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { OWN_PROJECT, projectsQuery } from '../../api/projects';
import { type Report, createReport } from '../../api/reports';
import { useMayManage } from '../../auth/may';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Dialog } from '../../ui/Dialog';
import { SelectField, TextField, fieldErrors } from '../../ui/Field';
import { FormFoot } from '../../ui/FormFoot';
import { MAX_NAME, writeReport } from './report';
import { TEMPLATES, begin } from './templates';
import { studioTexts } from './texts';

interface Props {
  project: string | undefined;
  /** Whether the reader may make one of no project. */
  ofAll: boolean;
  onMade: (report: Report) => void;
  onClose: () => void;
}

export function NewReport({ project, ofAll, onMade, onClose }: Props) {
  const t = useTexts(studioTexts);
  const common = useCommon();
  const client = useQueryClient();
  const { data: projects = [] } = useQuery(projectsQuery);
  const mayManage = useMayManage();
  const create = useMutation({
    mutationFn: (form: FormData) => {
      const name = String(form.get('name')).trim();
      const template = TEMPLATES.find((each) => each === form.get('template')) ?? 'nothing';
      const draft = begin(template, name, (question) => t(`question_${question}`));
      return createReport(String(form.get('project')) || undefined, writeReport(draft));
    },
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['reports'] });
      onMade(made);
    },
  });
  const errors = fieldErrors(create.error, 'name', 'project_id');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    create.mutate(new FormData(event.currentTarget));
  }

  return (
    <Dialog title={t('newReport')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          name="name"
          required
          maxLength={MAX_NAME}
          autoComplete="off"
          autoFocus
          error={errors.at('name')}
        />
        <SelectField
          label={common('project')}
          name="project"
          defaultValue={project ?? ''}
          required={!ofAll}
          hint={t('projectHint')}
          error={errors.at('project_id')}
        >
          <option value="">{ofAll ? common('allProjects') : t('chooseProject')}</option>
          {projects
            .filter(({ id }) => id !== OWN_PROJECT && mayManage(id))
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
        </SelectField>
        <SelectField label={t('beginWith')} name="template" defaultValue="overview">
          {TEMPLATES.map((template) => (
            <option key={template} value={template}>
              {t(`template_${template}`)}
            </option>
          ))}
        </SelectField>
        <FormFoot
          error={errors.rest}
          submit={t('create')}
          busy={create.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
