import { CopyButton } from './CopyButton';

/** A block to paste elsewhere. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="code">
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} caption="Copy" />
    </div>
  );
}
