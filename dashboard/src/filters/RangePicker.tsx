import { type FormEvent, useState } from 'react';
import { fromLocalInput, toLocalInput } from '../time/format';
import { DEFAULT_PRESET, PRESETS, type Range, isCustom, rangeLabel } from '../time/range';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Popover } from '../ui/Popover';

/** Chooses a preset, or two bounds in the reader's zone. */
export function RangePicker({
  value,
  onChange,
}: {
  value: Range;
  onChange: (range: Range) => void;
}) {
  const [open, setOpen] = useState(false);
  function choose(range: Range) {
    setOpen(false);
    onChange(range);
  }
  const chosen = isCustom(value) ? undefined : (value.range ?? DEFAULT_PRESET);

  return (
    <Popover
      label="Time range"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className="pill" aria-label={`Time range: ${rangeLabel(value)}`}>
          <Icon name="clock" />
          <span>{rangeLabel(value)}</span>
          <Icon name="down" />
        </button>
      }
    >
      <div className="range">
        <div className="range-presets" role="group" aria-label="Presets">
          {PRESETS.map(([preset, label]) => (
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
              {label}
            </button>
          ))}
        </div>
        <CustomRange value={value} onChoose={choose} />
      </div>
    </Popover>
  );
}

function CustomRange({ value, onChoose }: { value: Range; onChoose: (range: Range) => void }) {
  const [problem, setProblem] = useState<string>();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const from = fromLocalInput(String(form.get('from')));
    const to = fromLocalInput(String(form.get('to')));
    if (from === undefined && to === undefined) return setProblem('Enter a start or an end.');
    if (from !== undefined && to !== undefined && from >= to) {
      return setProblem('The start must be before the end.');
    }
    onChoose({ range: undefined, from, to });
  }

  return (
    <form className="range-custom" onSubmit={submit}>
      <label>
        From
        <input
          className="input"
          type="datetime-local"
          name="from"
          defaultValue={toLocalInput(value.from)}
        />
      </label>
      <label>
        To
        <input
          className="input"
          type="datetime-local"
          name="to"
          defaultValue={toLocalInput(value.to)}
        />
      </label>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <Button type="submit">Apply</Button>
    </form>
  );
}
