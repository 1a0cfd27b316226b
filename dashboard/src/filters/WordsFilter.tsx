import { type RefObject, useState } from 'react';
import { useCommon } from '../i18n/common';
import { Icon } from '../ui/Icon';
import './wordsFilter.css';

interface Props {
  inputRef?: RefObject<HTMLInputElement | null>;
  /** The key that brings one here, where the page listens for one. */
  shortcut?: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** Free text. Applies on Enter and on leaving the field; Escape takes the typing back. */
export function WordsFilter({ inputRef, shortcut, value, onChange }: Props) {
  const t = useCommon();
  const [typed, setTyped] = useState(value ?? '');
  function commit() {
    const next = typed.trim() === '' ? undefined : typed.trim();
    if (next !== value) onChange(next);
  }
  return (
    <form
      className="text-filter"
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <Icon name="search" />
      <input
        ref={inputRef}
        type="text"
        aria-label={t('filterWords')}
        placeholder={t('filterWordsHint')}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setTyped(value ?? '');
        }}
      />
      {typed === '' && shortcut !== undefined && <kbd aria-hidden="true">{shortcut}</kbd>}
    </form>
  );
}
