import type { ReactNode } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { Code } from '../../ui/Code';
import { Dialog } from '../../ui/Dialog';
import { settingsTexts } from './texts';

interface Props {
  title: string;
  /** What the text is called, for copying. */
  label: string;
  text: string;
  /** What to do with it. */
  children: ReactNode;
  done?: string;
  onClose: () => void;
}

/** A token or link that the server tells this once. It stands in no cache and is gone with this dialog. */
export function ShownOnce({ title, label, text, children, done, onClose }: Props) {
  const t = useTexts(settingsTexts);
  return (
    <Dialog title={title} onClose={onClose} sticky>
      <div className="prose">{children}</div>
      <Code label={label} text={text} />
      <p className="muted">{t('copyNow')}</p>
      <footer className="form-actions">
        <Button look="primary" onClick={onClose}>
          {done ?? t('secretDone')}
        </Button>
      </footer>
    </Dialog>
  );
}
