// Acknowledge, resolve, reopen: each asks for a note, and can be taken back.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  type AnomalyIncident,
  type HandlingState,
  type Step,
  handleIncident,
  incidentQuery,
} from '../../api/anomalies';
import { useRights } from '../../auth/may';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextArea, fieldErrors } from '../../ui/Field';
import { FormFoot } from '../../ui/FormFoot';
import { toast } from '../../ui/toast';
import { anomaliesTexts } from './texts';

const MOST_CHARS = 2_000;

/** What can be done next, the most likely last. */
const STEPS: Record<HandlingState, readonly Step[]> = {
  open: ['acknowledge', 'resolve'],
  acknowledged: ['reopen', 'resolve'],
  resolved: ['reopen'],
};

/** The step that leads back to a state. */
const BACK: Record<HandlingState, Step> = {
  open: 'reopen',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
};

export function Handling({ incident }: { incident: AnomalyIncident }) {
  const t = useTexts(anomaliesTexts);
  const { manageProject } = useRights(incident.project_id);
  const [step, setStep] = useState<Step>();
  if (!manageProject) return null;
  return (
    <div className="page-actions">
      {STEPS[incident.handling.state].map((each) => (
        <Button
          key={each}
          look={each === 'resolve' ? 'primary' : 'plain'}
          onClick={() => setStep(each)}
        >
          {t(each)}
        </Button>
      ))}
      {step !== undefined && (
        <NoteForm incident={incident} step={step} onClose={() => setStep(undefined)} />
      )}
    </div>
  );
}

interface NoteFormProps {
  incident: AnomalyIncident;
  step: Step;
  onClose: () => void;
}

function NoteForm({ incident, step, onClose }: NoteFormProps) {
  const t = useTexts(anomaliesTexts);
  const [note, setNote] = useState('');
  const handle = useHandle(incident);
  const errors = fieldErrors(handle.error, 'note');

  function submit(event: FormEvent) {
    event.preventDefault();
    handle.mutate({ step, note: note.trim() }, { onSuccess: onClose });
  }

  return (
    <Dialog title={t(step)} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p className="muted">{t(`help_${step}`)}</p>
        <TextArea
          label={t('note')}
          hint={t('noteHint')}
          error={errors.at('note')}
          value={note}
          maxLength={MOST_CHARS}
          onChange={(event) => setNote(event.target.value)}
          autoFocus
        />
        <FormFoot error={errors.rest} submit={t(step)} busy={handle.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function useHandle(incident: AnomalyIncident) {
  const t = useTexts(anomaliesTexts);
  const client = useQueryClient();
  const before = incident.handling;

  function shown(now: AnomalyIncident) {
    client.setQueryData(incidentQuery(now.id).queryKey, now);
    void client.invalidateQueries({ queryKey: ['anomaly-incidents'] });
  }

  return useMutation({
    mutationFn: ({ step, note }: { step: Step; note: string }) =>
      handleIncident(incident.id, step, note),
    onSuccess: (now, { step }) => {
      shown(now);
      toast(t(`done_${step}`), {
        onUndo: () =>
          void handleIncident(incident.id, BACK[before.state], before.note ?? '').then(
            shown,
            (error: unknown) => {
              toast(error instanceof Error ? error.message : String(error), { tone: 'bad' });
            },
          ),
      });
    },
  });
}
