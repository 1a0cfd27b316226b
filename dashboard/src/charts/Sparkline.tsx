import { type Values, highest, stretches } from './scale';
import './charts.css';

const WIDE = 100;
const HIGH = 24;

/** A small line without axes. `label` says in words what it shows: the values stand nowhere else. */
export function Sparkline({ label, values }: { label: string; values: Values }) {
  const top = Math.max(highest([values], false), 1);
  const x = (at: number) => ((at + 0.5) * WIDE) / Math.max(1, values.length);
  const y = (value: number) => HIGH - 1 - (value / top) * (HIGH - 2);
  const path = stretches(values)
    .map(([first, last]) => {
      const points = values.slice(first, last + 1);
      return `M${points.map((value, at) => `${x(first + at).toFixed(1)} ${y(value ?? 0).toFixed(1)}`).join('L')}`;
    })
    .join('');
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDE} ${HIGH}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={path} />
    </svg>
  );
}
