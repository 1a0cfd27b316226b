import { percent } from '../format/numbers';

interface Props {
  label: string;
  /** Without `total` it is not known how long it takes. */
  done: number;
  total: number | undefined;
}

/** How far something is that takes a while. */
export function Progress({ label, done, total }: Props) {
  return (
    <div className="progress">
      <span>{label}</span>
      <progress
        aria-label={label}
        max={total ?? 1}
        value={total === undefined ? undefined : done}
      />
      {total !== undefined && <span className="number">{percent(done, total)}</span>}
    </div>
  );
}
