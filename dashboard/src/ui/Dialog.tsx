// A modal dialog on the browser's own <dialog>: it traps focus, closes on Escape and makes the page
// behind it inert. (Radix locks scrolling with an injected <style>, which our content security
// policy refuses.)
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useCommon } from '../i18n/common';
import { IconButton } from './Button';
import { Icon } from './Icon';

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** A dialog that shows something only once must not vanish by a stray click or Escape. */
  sticky?: boolean;
  /** `wide` for tables and editors; `drawer` comes from the side and is as high as the page. */
  look?: 'plain' | 'wide' | 'drawer';
}

export function Dialog({ title, onClose, children, sticky = false, look = 'plain' }: Props) {
  const t = useCommon();
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const opener = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);

  return (
    <dialog
      ref={ref}
      className={`dialog dialog-${look}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        if (!sticky) onClose();
      }}
      onKeyDown={(event) => {
        // A second Escape would close the dialog without asking.
        if (sticky && event.key === 'Escape') event.preventDefault();
      }}
      onClick={(event) => {
        if (!sticky && event.target === ref.current) onClose();
      }}
    >
      <div className="dialog-body">
        <header className="dialog-head">
          <h2 id={heading}>{title}</h2>
          {!sticky && (
            <IconButton label={t('close')} onClick={onClose}>
              <Icon name="close" />
            </IconButton>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
