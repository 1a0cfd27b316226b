import { type FormEvent, useState } from 'react';
import { type Filters, STATUS_CLASSES } from '../../filters/search';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Popover } from '../../ui/Popover';

interface Props {
  filters: Filters;
  onChange: (part: Filters) => void;
}

const MEANINGS = {
  '2xx': 'Success',
  '3xx': 'Redirect',
  '4xx': 'Client error',
  '5xx': 'Server error',
};

/** One class of status codes, or one exact code. */
export function StatusFilter({ filters, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const value = filters.status ?? filters.class;

  function choose(part: Pick<Filters, 'status' | 'class'>) {
    setOpen(false);
    onChange({ status: undefined, class: undefined, ...part });
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    choose({ status: Number(new FormData(event.currentTarget).get('code')) });
  }

  return (
    <Popover
      label="Status"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          className="pill"
          data-set={value !== undefined || undefined}
          aria-label={`Status: ${value ?? 'all'}`}
        >
          <span>Status</span>
          {value !== undefined && <b>{value}</b>}
          <Icon name="down" />
        </button>
      }
    >
      <div className="status-filter">
        <button
          type="button"
          className="menu-item"
          aria-pressed={value === undefined}
          onClick={() => choose({})}
        >
          All
        </button>
        {STATUS_CLASSES.map((name) => (
          <button
            key={name}
            type="button"
            className="menu-item"
            aria-pressed={filters.class === name}
            onClick={() => choose({ class: name })}
          >
            <b>{name}</b>
            <span className="muted">{MEANINGS[name]}</span>
          </button>
        ))}
        <form onSubmit={submit} className="status-code">
          <input
            className="input"
            type="number"
            name="code"
            aria-label="Exact status code"
            placeholder="Exact code"
            min={100}
            max={599}
            required
            defaultValue={filters.status}
          />
          <Button type="submit">Apply</Button>
        </form>
      </div>
    </Popover>
  );
}
