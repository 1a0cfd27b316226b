import { useCommon } from '../i18n/common';
import { CopyButton } from './CopyButton';

/** A block to paste elsewhere. */
export function Code({ text, label }: { text: string; label: string }) {
  const t = useCommon();
  return (
    <div className="code">
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} label={t('copyThing', { thing: label })} caption={t('copy')} />
    </div>
  );
}
