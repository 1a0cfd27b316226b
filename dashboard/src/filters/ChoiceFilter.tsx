import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';

interface Props {
  label: string;
  value: string | undefined;
  options: readonly string[];
  onChange: (value: string | undefined) => void;
}

/** A filter with a known set of values, e.g. the services seen in the chosen time. */
export function ChoiceFilter({ label, value, options, onChange }: Props) {
  // A value from a link may not be among the values of the chosen time: show it all the same.
  const all = value === undefined || options.includes(value) ? options : [value, ...options];
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="pill"
          data-set={value !== undefined || undefined}
          aria-label={`${label}: ${value ?? 'all'}`}
        >
          <span>{label}</span>
          {value !== undefined && <b>{value}</b>}
          <Icon name="down" />
        </button>
      }
      sections={[
        {
          kind: 'choice',
          label,
          value: value ?? '',
          options: [
            { value: '', label: 'All' },
            ...all.map((option) => ({ value: option, label: option })),
          ],
          onChange: (chosen) => onChange(chosen === '' ? undefined : chosen),
        },
      ]}
    />
  );
}
