import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { useTexts } from '../i18n/catalogue';
import { ErrorNotice } from '../ui/Notice';
import { Skeleton } from '../ui/Skeleton';
import type { EditorHandle } from './codemirror';
import type { Place } from './place';
import { sqlTexts } from './texts';
import './sql.css';

export type { EditorHandle };

interface Props {
  ref?: Ref<Pick<EditorHandle, 'insert' | 'show' | 'focus'>>;
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The text as it stands in the field, which may be newer than `value`. */
  onRun: (text: string) => void;
  /** Called by Escape; says whether there was something to cancel. */
  onEscape?: () => boolean;
  /** The stretch that is wrong. */
  mark: Place | undefined;
  /** Names that may stand in double braces. */
  variables: readonly string[];
}

/** A field for a query. The editor arrives with the first one that is shown. */
export function Editor(props: Props) {
  const { ref, label, value, mark } = props;
  const t = useTexts(sqlTexts);
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const [editor, setEditor] = useState<EditorHandle>();
  const [failed, setFailed] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useLayoutEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    let made: EditorHandle | undefined;
    let gone = false;
    import('./codemirror').then(
      ({ createEditor }) => {
        const element = host.current;
        if (gone || element === null) return;
        made = createEditor({
          parent: element.shadowRoot ?? element.attachShadow({ mode: 'open' }),
          text: latest.current.value,
          label: latest.current.label,
          completions: t('completions'),
          hint: t('editorHint'),
          variables: () => latest.current.variables,
          onChange: (text) => latest.current.onChange(text),
          onRun: (text) => latest.current.onRun(text),
          onEscape: () => latest.current.onEscape?.() ?? false,
        });
        setEditor(made);
      },
      (error: unknown) => setFailed(error),
    );
    return () => {
      gone = true;
      made?.destroy();
      setEditor(undefined);
    };
  }, [t, attempt]);

  // Within the commit: an effect that runs later would put back a value that has been typed over since.
  useLayoutEffect(() => editor?.replace(value), [editor, value]);
  useEffect(() => editor?.mark(mark), [editor, mark]);
  useImperativeHandle(
    ref,
    () => ({
      insert: (text) => editor?.insert(text),
      show: (place) => editor?.show(place),
      focus: () => editor?.focus(),
    }),
    [editor],
  );

  return (
    <div className="sql-editor" role="group" aria-label={label}>
      {failed !== undefined && (
        <ErrorNotice
          error={failed}
          onRetry={() => {
            setFailed(undefined);
            setAttempt(attempt + 1);
          }}
        />
      )}
      {editor === undefined && failed === undefined && <Skeleton />}
      <div ref={host} className="sql-editor-host" hidden={editor === undefined} />
    </div>
  );
}
