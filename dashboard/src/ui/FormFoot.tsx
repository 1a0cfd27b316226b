import type { ReactNode } from 'react';
import { useCommon } from '../i18n/common';
import { Button } from './Button';
import { ErrorNotice } from './Notice';

interface Props {
  /** What went wrong and no field is to blame for: `rest` of `fieldErrors`. */
  error?: unknown;
  /** What the form does; "Save" unless told. */
  submit?: string;
  busy?: boolean;
  onCancel: () => void;
  /** Buttons before the others. */
  children?: ReactNode;
}

/** How the form of a dialog ends. */
export function FormFoot({ error, submit, busy = false, onCancel, children }: Props) {
  const t = useCommon();
  return (
    <>
      {error !== undefined && error !== null && <ErrorNotice error={error} />}
      <footer className="form-actions">
        {children}
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button type="submit" look="primary" busy={busy}>
          {submit ?? t('save')}
        </Button>
      </footer>
    </>
  );
}
