import { useRef } from 'react';
import { useCommon } from '../i18n/common';
import { CopyButton } from './CopyButton';

/** A block to paste elsewhere. Where copying is not allowed, its text is selected instead. */
export function Code({ text, label }: { text: string; label: string }) {
  const t = useCommon();
  const block = useRef<HTMLPreElement>(null);
  function select() {
    block.current?.focus();
    if (block.current !== null) window.getSelection()?.selectAllChildren(block.current);
  }
  return (
    <div className="code">
      <pre ref={block} tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <CopyButton
        text={text}
        label={t('copyThing', { thing: label })}
        caption={t('copy')}
        onRefused={select}
      />
    </div>
  );
}
