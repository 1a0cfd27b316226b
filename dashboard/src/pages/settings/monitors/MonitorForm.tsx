import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { Monitor, Project } from '../../../api/model';
import {
  type NewMonitor,
  changeMonitor,
  createMonitor,
  monitorsQuery,
} from '../../../api/monitors';
import { duration } from '../../../format/numbers';
import { useTexts } from '../../../i18n/catalogue';
import { Dialog } from '../../../ui/Dialog';
import { SelectField, TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { toast } from '../../../ui/toast';
import { INTERVALS, readForm } from './state';
import { monitorsTexts } from './texts';

const NUMBERS = [
  { name: 'timeout_seconds', min: 1, max: 30, usual: 10 },
  { name: 'expected_status', min: 100, max: 599, usual: 200 },
  { name: 'certificate_warning_days', min: 0, max: 365, usual: 14 },
] as const;

interface Props {
  project: Project;
  /** The one to be changed; a new one without it. */
  monitor: Monitor | undefined;
  onClose: () => void;
}

export function MonitorForm({ project, monitor, onClose }: Props) {
  const t = useTexts(monitorsTexts);
  const save = useSave(project, monitor, onClose);
  const errors = fieldErrors(
    save.error,
    'name',
    'url',
    'interval_seconds',
    ...NUMBERS.map(({ name }) => name),
  );
  const interval = monitor?.interval_seconds ?? 60;
  const intervals = [...new Set([...INTERVALS, interval])].sort((a, b) => a - b);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(readForm(new FormData(event.currentTarget), project.id));
  }

  return (
    <Dialog title={monitor ? t('editTitle', { name: monitor.name }) : t('add')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          name="name"
          defaultValue={monitor?.name}
          hint={t('nameHint')}
          maxLength={100}
          required
          autoFocus
          error={errors.at('name')}
        />
        <TextField
          label={t('url')}
          name="url"
          type="url"
          defaultValue={monitor?.url}
          placeholder={t('urlPlaceholder')}
          hint={t('urlHint')}
          required
          error={errors.at('url')}
        />
        <div className="field-pair">
          <SelectField
            label={t('interval')}
            name="interval_seconds"
            defaultValue={interval}
            error={errors.at('interval_seconds')}
          >
            {intervals.map((seconds) => (
              <option key={seconds} value={seconds}>
                {duration(seconds * 1_000)}
              </option>
            ))}
          </SelectField>
          {NUMBERS.map(({ name, min, max, usual }) => (
            <TextField
              key={name}
              label={t(`label_${name}`)}
              name={name}
              type="number"
              min={min}
              max={max}
              required
              defaultValue={monitor?.[name] ?? usual}
              hint={t(`hint_${name}`)}
              error={errors.at(name)}
            />
          ))}
        </div>
        <FormFoot error={errors.rest} busy={save.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function useSave(project: Project, monitor: Monitor | undefined, onSaved: () => void) {
  const t = useTexts(monitorsTexts);
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: NewMonitor) => {
      const { project_id: _, ...change } = asked;
      return monitor === undefined ? createMonitor(asked) : changeMonitor(monitor.id, change);
    },
    onSuccess: async ({ name }) => {
      await client.invalidateQueries({ queryKey: monitorsQuery(project.id).queryKey });
      toast(t(monitor === undefined ? 'added' : 'changed', { name }));
      onSaved();
    },
  });
}
