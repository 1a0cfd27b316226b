import { type FormEvent, useState } from 'react';
import { fromLocalInput, toLocalInput } from '../format/time';
import { currentZone } from '../format/zone';
import { useCommon } from '../i18n/common';
import {
  DEFAULT_PRESET,
  PRESETS,
  type Range,
  isCustom,
  presetLabel,
  rangeLabel,
  rangeUtc,
} from '../time/range';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Popover } from '../ui/Popover';

interface Props {
  value: Range;
  onChange: (range: Range) => void;
}

/** Chooses a preset, or two bounds in the reader's zone. */
export function RangePicker({ value, onChange }: Props) {
  const t = useCommon();
  const [open, setOpen] = useState(false);
  function choose(range: Range) {
    setOpen(false);
    onChange(range);
  }
  const chosen = isCustom(value) ? undefined : (value.range ?? DEFAULT_PRESET);

  return (
    <Popover
      label={t('range')}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          className="pill"
          aria-label={`${t('range')}: ${rangeLabel(value)}`}
          title={rangeUtc(value)}
        >
          <Icon name="clock" />
          <span>{rangeLabel(value)}</span>
          <Icon name="down" />
        </button>
      }
    >
      <div className="range">
        <div className="range-presets" role="group" aria-label={t('rangePresets')}>
          {PRESETS.map((preset) => (
            <button
              key={preset}
              type="button"
              className="menu-item"
              aria-pressed={preset === chosen}
              onClick={() =>
                choose({
                  range: preset === DEFAULT_PRESET ? undefined : preset,
                  from: undefined,
                  to: undefined,
                })
              }
            >
              {presetLabel(preset)}
            </button>
          ))}
        </div>
        <CustomRange value={value} onChange={choose} />
      </div>
    </Popover>
  );
}

function CustomRange({ value, onChange }: Props) {
  const t = useCommon();
  const [problem, setProblem] = useState<string>();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const from = fromLocalInput(String(form.get('from')));
    const to = fromLocalInput(String(form.get('to')));
    if (from === undefined && to === undefined) return setProblem(t('rangeNone'));
    if (from !== undefined && to !== undefined && from >= to) return setProblem(t('rangeOrder'));
    onChange({ range: undefined, from, to });
  }

  return (
    <form className="range-custom" onSubmit={submit}>
      <label>
        {t('rangeFrom')}
        <input
          className="input"
          type="datetime-local"
          name="from"
          defaultValue={toLocalInput(value.from)}
        />
      </label>
      <label>
        {t('rangeTo')}
        <input
          className="input"
          type="datetime-local"
          name="to"
          defaultValue={toLocalInput(value.to)}
        />
      </label>
      <p className="field-hint">{t('rangeZone', { zone: currentZone() })}</p>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <Button type="submit">{t('rangeApply')}</Button>
    </form>
  );
}
