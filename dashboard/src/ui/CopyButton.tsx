import { useEffect, useState } from 'react';
import { useCommon } from '../i18n/common';
import { Icon, type IconName } from './Icon';

interface Props {
  /** A function, when making the text is work that only copying needs. */
  text: string | (() => string);
  label: string;
  caption?: string;
  icon?: IconName;
}

/** Puts `text` on the clipboard and says so for a moment. */
export function CopyButton({ text, label, caption, icon = 'copy' }: Props) {
  const t = useCommon();
  const [outcome, setOutcome] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), 2_000);
    return () => clearTimeout(timer);
  }, [outcome]);

  const shown = outcome === undefined ? caption : t(outcome);
  return (
    <button
      type="button"
      className={caption === undefined ? 'icon-button' : 'button button-plain'}
      aria-label={label}
      title={label}
      onClick={() => {
        copy(typeof text === 'string' ? text : text()).then(
          () => setOutcome('copied'),
          () => setOutcome('failed'),
        );
      }}
    >
      <Icon name={outcome === 'copied' ? 'check' : outcome === 'failed' ? 'warning' : icon} />
      {caption !== undefined && <span>{shown}</span>}
      <span className="visually-hidden" role="status">
        {outcome !== undefined && t(outcome)}
      </span>
    </button>
  );
}

async function copy(text: string): Promise<void> {
  // Plain http on another host than localhost has no clipboard API.
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  // Inside an open modal dialog everything outside it is inert, so the field has to join it.
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('copy was refused');
}
