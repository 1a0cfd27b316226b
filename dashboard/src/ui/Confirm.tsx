// Asks before something is destroyed. What cannot be taken back wants its name typed.
import { type FormEvent, type ReactNode, useState } from 'react';
import { useCommon } from '../i18n/common';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { TextField } from './Field';
import { ErrorNotice } from './Notice';

interface Props {
  title: string;
  /** What will happen, and what will not. */
  children: ReactNode;
  /** The verb on the button: "Revoke key". */
  action: string;
  /** The button that leaves everything as it is; "Cancel" unless told. */
  keep?: string;
  /** Has to be typed to confirm, e.g. the name of the project. */
  typed?: string;
  busy: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm(props: Props) {
  const { title, children, action, keep, typed, busy, error, onConfirm, onClose } = props;
  const t = useCommon();
  const [text, setText] = useState('');
  const matches = typed === undefined || text.trim() === typed;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (matches) onConfirm();
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <div className="prose">{children}</div>
        {typed !== undefined && (
          <TextField
            label={t('typeToConfirm', { name: typed })}
            value={text}
            onChange={(event) => setText(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            autoFocus
          />
        )}
        {error !== undefined && error !== null && <ErrorNotice error={error} />}
        <footer className="form-actions">
          <Button onClick={onClose} autoFocus={typed === undefined}>
            {keep ?? t('cancel')}
          </Button>
          <Button type="submit" look="danger" busy={busy} disabled={!matches}>
            {action}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
