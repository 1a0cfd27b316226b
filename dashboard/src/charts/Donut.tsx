// Shares of a whole as a ring, or a full pie. The legend beside it is its table view.
import { useId } from 'react';
import { count, percent } from '../format/numbers';
import { Swatch } from './Legend';
import { Patterns, hatch } from './Patterns';
import { slices } from './scale';
import type { ChartTone } from './series';
import './charts.css';

export interface Share {
  name: string;
  value: number;
  tone: ChartTone;
}

interface Props {
  label: string;
  shares: readonly Share[];
  look?: 'donut' | 'pie';
  format?: (value: number) => string;
}

const OUTER = 48;

export function Donut({ label, shares, look = 'donut', format = count }: Props) {
  const id = useId();
  const inner = look === 'donut' ? 28 : 0;
  const total = shares.reduce((sum, { value }) => sum + value, 0);
  return (
    <figure className="donut" aria-label={label}>
      <svg viewBox="-50 -50 100 100" aria-hidden="true" focusable="false">
        <Patterns id={id} />
        {slices(shares.map(({ value }) => value)).map(({ from, to }, index) => {
          const tone = shares[index]?.tone ?? 'neutral';
          if (to <= from) return null;
          const path = ring(from, to, inner);
          const over = hatch(id, tone);
          return (
            <g key={shares[index]?.name}>
              <path className={`chart-fill-${tone} donut-part`} d={path} />
              {over !== undefined && <path fill={over} d={path} />}
            </g>
          );
        })}
      </svg>
      <ul className="donut-legend">
        {shares.map(({ name, value, tone }) => (
          <li key={name}>
            <Swatch tone={tone} />
            <span className="donut-name">{name}</span>
            <b>{format(value)}</b>
            <span className="muted">{percent(value, total)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function ring(from: number, to: number, inner: number): string {
  // A full turn has no two ends to draw an arc between.
  const end = to - from >= 1 ? from + 0.9999 : to;
  const point = (radius: number, turn: number) => {
    const angle = (turn - 0.25) * 2 * Math.PI;
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  };
  const large = end - from > 0.5 ? 1 : 0;
  return `M${point(OUTER, from)}A${OUTER} ${OUTER} 0 ${large} 1 ${point(OUTER, end)}L${point(inner, end)}A${inner} ${inner} 0 ${large} 0 ${point(inner, from)}Z`;
}
