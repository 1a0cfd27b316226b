// A button that opens a searchable list of values. Each value can be chosen, or ruled out; what is not
// in the list can be typed.
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { count, short } from '../format/numbers';
import { useCommon } from '../i18n/common';
import { Icon } from './Icon';
import { Popover } from './Popover';

export interface Option {
  value: string;
  label?: string;
  /** How many there are of it. */
  count?: number | undefined;
  /** Whether that may be too many. */
  approximate?: boolean;
}

interface Props {
  label: string;
  options: readonly Option[];
  chosen: readonly string[];
  excluded: readonly string[];
  onToggle: (value: string, exclude: boolean) => void;
  /** Whether a value that is not in the list may be typed. */
  free?: boolean;
  busy?: boolean;
  /** The list is looked at for the first time, or again. */
  onOpen?: (() => void) | undefined;
}

export function Combobox(props: Props) {
  const { label, chosen, excluded, onOpen } = props;
  const t = useCommon();
  const [open, setOpen] = useState(false);
  function show(wanted: boolean) {
    setOpen(wanted);
    if (wanted) onOpen?.();
  }
  const parts = [...chosen, ...excluded.map((value) => t('notValue', { value }))];
  return (
    <Popover
      label={label}
      open={open}
      onOpenChange={show}
      trigger={
        <button
          type="button"
          className="pill"
          data-set={parts.length > 0 || undefined}
          aria-label={`${label}: ${parts.length === 0 ? t('all') : parts.join(', ')}`}
        >
          <span>{label}</span>
          {parts.length > 0 && <b>{parts[0]}</b>}
          {parts.length > 1 && <span className="pill-count">+{count(parts.length - 1)}</span>}
          <Icon name="down" />
        </button>
      }
    >
      <Choices {...props} />
    </Popover>
  );
}

function Choices({ label, options, chosen, excluded, onToggle, free, busy }: Props) {
  const t = useCommon();
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const shown = all(options, [...chosen, ...excluded]).filter(({ value, label: text }) =>
    `${value} ${text ?? ''}`.toLowerCase().includes(wanted),
  );
  const exact = shown.some(({ value }) => value.toLowerCase() === wanted);

  function key(event: KeyboardEvent<HTMLElement>) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>('.choice-main') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[
      Math.max(0, Math.min(buttons.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))
    ]?.focus();
  }

  return (
    <div className="choices" onKeyDown={key}>
      <input
        className="input"
        aria-label={t('searchIn', { thing: label })}
        placeholder={free === true ? t('searchOrType') : t('search')}
        aria-controls={id}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          const only = shown.length === 1 || exact ? shown[0]?.value : undefined;
          const value = free === true && !exact ? typed.trim() : only;
          if (value === undefined || value === '') return;
          onToggle(value, false);
          setTyped('');
        }}
      />
      <ul ref={list} id={id} className="choice-list" aria-label={label}>
        {shown.map((option) => (
          <Choice
            key={option.value}
            option={option}
            chosen={chosen.includes(option.value)}
            excluded={excluded.includes(option.value)}
            onToggle={onToggle}
          />
        ))}
      </ul>
      {free === true && wanted !== '' && !exact && (
        <button
          type="button"
          className="menu-item"
          onClick={() => {
            onToggle(typed.trim(), false);
            setTyped('');
          }}
        >
          <Icon name="plus" />
          <span className="menu-text">{t('useTyped', { value: typed.trim() })}</span>
        </button>
      )}
      {shown.length === 0 && (wanted === '' || free !== true) && (
        <p className="choice-none">{busy === true ? t('loading') : t('noneFound')}</p>
      )}
    </div>
  );
}

interface ChoiceProps {
  option: Option;
  chosen: boolean;
  excluded: boolean;
  onToggle: (value: string, exclude: boolean) => void;
}

function Choice({ option, chosen, excluded, onToggle }: ChoiceProps) {
  const t = useCommon();
  const text = option.label ?? option.value;
  return (
    <li className="choice">
      <button
        type="button"
        className="menu-item choice-main"
        aria-pressed={chosen}
        onClick={() => onToggle(option.value, false)}
      >
        <span className="menu-tick">{chosen && <Icon name="check" />}</span>
        <span className="menu-text">{text}</span>
        {option.count !== undefined && (
          <span className="choice-count" title={count(option.count)}>
            {option.approximate === true && '≈ '}
            {short(option.count)}
          </span>
        )}
      </button>
      <button
        type="button"
        className="choice-not"
        aria-pressed={excluded}
        aria-label={t('exclude', { value: text })}
        title={t('exclude', { value: text })}
        onClick={() => onToggle(option.value, true)}
      >
        <Icon name="not" />
      </button>
    </li>
  );
}

/** The options, and before them what is chosen without being one: a link may name any value. */
function all(options: readonly Option[], set: readonly string[]): readonly Option[] {
  const known = new Set(options.map(({ value }) => value));
  return [...set.filter((value) => !known.has(value)).map((value) => ({ value })), ...options];
}
