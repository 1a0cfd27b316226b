import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { facetsQuery, statsQuery } from '../../../api/events';
import { createHold, holdsQuery } from '../../../api/keeping';
import { fromLocalInput } from '../../../format/time';
import { currentZone } from '../../../format/zone';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Dialog } from '../../../ui/Dialog';
import { TextArea, TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { Suggestions } from '../../../ui/Suggestions';
import { toast } from '../../../ui/toast';
import { HOLD_FIELDS, type Held, eventsOf, filterOf } from './held';
import { retentionTexts } from './texts';

export function NewHold({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const t = useTexts(retentionTexts);
  const common = useCommon();
  const client = useQueryClient();
  const [held, setHeld] = useState<Held>({ values: {} });
  const create = useMutation({
    mutationFn: (about: { name: string; reason: string }) =>
      createHold(projectId, {
        ...about,
        filter: filterOf(held),
        ...(held.from === undefined ? {} : { start_date: held.from }),
        ...(held.to === undefined ? {} : { end_date: held.to }),
      }),
    onSuccess: async (hold) => {
      await client.invalidateQueries({ queryKey: holdsQuery(projectId).queryKey });
      toast(t('didHold', { name: hold.name }));
      onClose();
    },
  });
  const errors = fieldErrors(create.error, 'name', 'reason', 'start_date', 'end_date');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    create.mutate({ name: text('name'), reason: text('reason') });
  }

  return (
    <Dialog title={t('hold')} look="wide" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          name="name"
          placeholder={t('namePlaceholder')}
          maxLength={500}
          required
          autoFocus
          error={errors.at('name')}
        />
        <TextArea
          label={t('reason')}
          name="reason"
          rows={2}
          maxLength={500}
          required
          error={errors.at('reason')}
        />
        <fieldset className="hold-fields">
          <legend>{t('whichEvents')}</legend>
          <HeldFields projectId={projectId} held={held} onChange={setHeld} />
          <TextField
            label={common('rangeFrom')}
            type="datetime-local"
            hint={common('rangeZone', { zone: currentZone() })}
            error={errors.at('start_date')}
            onChange={({ target }) => setHeld({ ...held, from: fromLocalInput(target.value) })}
          />
          <TextField
            label={common('rangeTo')}
            type="datetime-local"
            error={errors.at('end_date')}
            onChange={({ target }) => setHeld({ ...held, to: fromLocalInput(target.value) })}
          />
        </fieldset>
        <Matches projectId={projectId} held={held} />
        <FormFoot
          error={errors.rest}
          submit={t('holdDo')}
          busy={create.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  projectId: string;
  held: Held;
  onChange: (held: Held) => void;
}

function HeldFields({ projectId, held, onChange }: FieldsProps) {
  const common = useCommon();
  const id = useId();
  const facets = useQuery(facetsQuery({ project: projectId, range: '30d' }));
  const known = { service: facets.data?.services, environment: facets.data?.environments };
  return HOLD_FIELDS.map((field) => {
    const values = field === 'service' || field === 'environment' ? known[field] : undefined;
    return (
      <div key={field}>
        <TextField
          label={common(`field_${field}`)}
          autoComplete="off"
          spellCheck={false}
          maxLength={1_024}
          list={values && `${id}-${field}`}
          value={held.values[field] ?? ''}
          onChange={({ target }) =>
            onChange({ ...held, values: { ...held.values, [field]: target.value } })
          }
        />
        {values && <Suggestions id={`${id}-${field}`} values={values} />}
      </div>
    );
  });
}

/** How many events there are of it now. */
function Matches({ projectId, held }: { projectId: string; held: Held }) {
  const t = useTexts(retentionTexts);
  const filters = eventsOf(projectId, held);
  const [looked, setLooked] = useState(filters);
  const same = JSON.stringify(looked) === JSON.stringify(filters);
  const stats = useQuery({
    ...statsQuery(looked),
    // The figure of another filter would be a wrong one.
    placeholderData: undefined,
    refetchInterval: false,
  });
  const bounded = looked.range === undefined;
  return (
    <p className="hold-matches" role="status">
      {same ? (
        <>
          {stats.data !== undefined &&
            t(bounded ? 'matches' : 'matchesRecent', { count: stats.data.total })}{' '}
          <Link to="/events" search={filters} target="_blank">
            {t('lookAtThem')}
          </Link>
        </>
      ) : (
        <button type="button" className="link" onClick={() => setLooked(filters)}>
          {t('countThem')}
        </button>
      )}
    </p>
  );
}
