// Erasing one person's events: first whom and why, then the same typed again.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { statsQuery } from '../../../api/events';
import { createErasure, erasuresQuery } from '../../../api/keeping';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Button } from '../../../ui/Button';
import { Confirm } from '../../../ui/Confirm';
import { Dialog } from '../../../ui/Dialog';
import { SelectField, TextArea, TextField } from '../../../ui/Field';
import { toast } from '../../../ui/toast';
import { retentionTexts } from './texts';

interface Asked {
  field: 'identifier' | 'user_email';
  value: string;
  reason: string;
}

interface Props {
  projectId: string;
  onClose: () => void;
}

export function NewErasure({ projectId, onClose }: Props) {
  const t = useTexts(retentionTexts);
  const common = useCommon();
  const [asked, setAsked] = useState<Asked>({ field: 'identifier', value: '', reason: '' });
  const [sure, setSure] = useState(false);

  if (sure) {
    return (
      <Sure projectId={projectId} asked={asked} onBack={() => setSure(false)} onDone={onClose} />
    );
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setAsked({
      field: form.get('field') === 'user_email' ? 'user_email' : 'identifier',
      value: String(form.get('value')).trim(),
      reason: String(form.get('reason')).trim(),
    });
    setSure(true);
  }
  return (
    <Dialog title={t('erase')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <SelectField label={t('knownBy')} name="field" defaultValue={asked.field}>
          <option value="identifier">{common('field_identifier')}</option>
          <option value="user_email">{common('field_user')}</option>
        </SelectField>
        <TextField
          label={t('whom')}
          name="value"
          defaultValue={asked.value}
          hint={t('whomHint')}
          pattern=".*\S.*"
          maxLength={1_024}
          autoComplete="off"
          spellCheck={false}
          required
          autoFocus
        />
        <TextArea
          label={t('reason')}
          name="reason"
          defaultValue={asked.reason}
          hint={t('reasonHint')}
          rows={2}
          maxLength={500}
          required
        />
        <footer className="form-actions">
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit">{t('next')}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface SureProps {
  projectId: string;
  asked: Asked;
  onBack: () => void;
  onDone: () => void;
}

function Sure({ projectId, asked, onBack, onDone }: SureProps) {
  const t = useTexts(retentionTexts);
  const client = useQueryClient();
  const { field, value, reason } = asked;
  const known = field === 'identifier' ? { identifier: [value] } : { user: [value] };
  const stats = useQuery({
    ...statsQuery({ project: projectId, range: '30d', ...known }),
    refetchInterval: false,
  });
  const erase = useMutation({
    mutationFn: () => createErasure(projectId, { [field]: value, reason }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: erasuresQuery(projectId).queryKey });
      toast(t('didErase'));
      onDone();
    },
  });
  return (
    <Confirm
      title={t('sureTitle', { who: value })}
      action={t('sureDo')}
      keep={t('back')}
      typed={value}
      busy={erase.isPending}
      error={erase.error}
      onConfirm={() => erase.mutate()}
      onClose={onBack}
    >
      <p>{t('sureHelp')}</p>
      {stats.data !== undefined && <p>{t('sureCount', { count: stats.data.total })}</p>}
      <p>{t('sureHeld')}</p>
      <p>{t('sureKafka')}</p>
    </Confirm>
  );
}
