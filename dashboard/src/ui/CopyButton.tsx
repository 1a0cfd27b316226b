import { useEffect, useState } from 'react';
import { useCommon } from '../i18n/common';
import { Icon, type IconName } from './Icon';

interface Props {
  /** A function, when making the text is work that only copying needs. */
  text: string | (() => string);
  label: string;
  caption?: string;
  icon?: IconName;
  /** What helps where copying is not allowed: it selects the text. */
  onRefused?: () => void;
}

/** Puts `text` on the clipboard and says so for a moment. */
export function CopyButton({ text, label, caption, icon = 'copy', onRefused }: Props) {
  const t = useCommon();
  const [outcome, setOutcome] = useState<'copied' | 'failed' | 'selected'>();
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
          () => {
            onRefused?.();
            setOutcome(onRefused === undefined ? 'failed' : 'selected');
          },
        );
      }}
    >
      <Icon name={outcome === 'copied' ? 'check' : outcome !== undefined ? 'warning' : icon} />
      {caption !== undefined && <span>{shown}</span>}
      <span className="visually-hidden" role="status">
        {outcome !== undefined && t(outcome)}
      </span>
    </button>
  );
}

async function copy(text: string): Promise<void> {
  // Plain http on another host than localhost has no clipboard API; elsewhere it may not be permitted.
  const allowed = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  if (allowed === true) return;
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
