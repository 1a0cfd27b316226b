// A key gets a successor, and ends after a while in which both work.
import { useState } from 'react';
import { keysQuery, rotateKey } from '../../../api/keys';
import type { ApiKey } from '../../../api/model';
import { useTexts } from '../../../i18n/catalogue';
import { Dialog } from '../../../ui/Dialog';
import { SelectField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { useSecret } from '../useSecret';
import { KeyShown } from './KeyShown';
import { keysTexts } from './texts';

const OVERLAPS = ['0', '1', '24', '168', '720'] as const;

interface Props {
  apiKey: ApiKey;
  projectId: string;
  onClose: () => void;
}

export function Rotate({ apiKey, projectId, onClose }: Props) {
  const t = useTexts(keysTexts);
  const [hours, setHours] = useState<(typeof OVERLAPS)[number]>('24');
  const rotate = useSecret(
    () => rotateKey(apiKey.id, Number(hours)),
    keysQuery(projectId).queryKey,
  );
  const errors = fieldErrors(rotate.error, 'overlap_hours');

  if (rotate.data !== undefined) {
    return (
      <KeyShown
        apiKey={rotate.data.key}
        note={
          hours === '0' ? t('rotatedNow') : t('rotatedNote', { overlap: t(`overlap_${hours}`) })
        }
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog title={t('rotateTitle', { name: apiKey.name })} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          rotate.mutate();
        }}
      >
        <p>{t('rotateHelp')}</p>
        <SelectField
          label={t('overlap')}
          value={hours}
          onChange={({ target }) => setHours(OVERLAPS.find((o) => o === target.value) ?? '24')}
          hint={hours === '0' ? t('overlapNone') : t('overlapHint')}
          error={errors.at('overlap_hours')}
        >
          {OVERLAPS.map((each) => (
            <option key={each} value={each}>
              {t(`overlap_${each}`)}
            </option>
          ))}
        </SelectField>
        <FormFoot
          error={errors.rest}
          submit={t('rotateDo')}
          busy={rotate.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
