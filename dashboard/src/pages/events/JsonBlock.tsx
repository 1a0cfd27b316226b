import { useMemo, useState } from 'react';
import { toLines, toText } from '../../json/lines';
import type { RawJson } from '../../json/raw';
import { CopyButton } from '../../ui/CopyButton';

/** More lines than this are shown on request: a body may be a megabyte. */
const FIRST_LINES = 500;

export function JsonBlock({ label, value }: { label: string; value: RawJson }) {
  const lines = useMemo(() => toLines(value), [value]);
  const [all, setAll] = useState(false);
  const shown = all ? lines : lines.slice(0, FIRST_LINES);
  return (
    <section className="fields" aria-label={label}>
      <header className="json-head">
        <h3>{label}</h3>
        <CopyButton text={() => toText(value)} label={`Copy ${label.toLowerCase()}`} />
      </header>
      <pre className="json" tabIndex={0} role="region" aria-label={`${label}, JSON`}>
        {shown.map(({ indent, pieces }, index) => (
          <span key={index}>
            {'  '.repeat(indent)}
            {pieces.map(({ kind, text }, at) => (
              <span key={at} className={`json-${kind}`}>
                {text}
              </span>
            ))}
            {'\n'}
          </span>
        ))}
      </pre>
      {shown.length < lines.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          Show all {lines.length} lines
        </button>
      )}
    </section>
  );
}
