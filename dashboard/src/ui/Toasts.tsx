import { useEffect, useState } from 'react';
import { useCommon } from '../i18n/common';
import { Button, IconButton } from './Button';
import { Icon } from './Icon';
import { type Toast, dismissToast, undoToast, useToasts } from './toast';

/** Long enough to read twice and reach for "undo". */
const SHOWN_MS = 10_000;

export function Toasts() {
  const t = useCommon();
  const toasts = useToasts();
  return (
    <div className="toasts" role="region" aria-label={t('toasts')} aria-live="polite">
      {toasts.map((each) => (
        <One key={each.id} toast={each} />
      ))}
    </div>
  );
}

function One({ toast }: { toast: Toast }) {
  const t = useCommon();
  const [held, setHeld] = useState(false);
  const { id, onUndo } = toast;
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, held]);
  return (
    <div
      className={`toast toast-${toast.tone}`}
      role={toast.tone === 'bad' ? 'alert' : 'status'}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon name={toast.tone === 'bad' ? 'warning' : 'check'} />
      <span className="toast-text">{toast.text}</span>
      {onUndo !== undefined && <Button onClick={() => undoToast(id)}>{t('undo')}</Button>}
      <IconButton label={t('dismiss')} onClick={() => dismissToast(id)}>
        <Icon name="close" />
      </IconButton>
    </div>
  );
}
