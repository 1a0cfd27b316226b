// Horizontal bars: a label, a bar and a value in each row. The row is the table view.
import type { ReactNode } from 'react';
import { count, percent } from '../format/numbers';
import type { ChartTone } from './series';
import './charts.css';

export interface Bar {
  key: string;
  label: ReactNode;
  value: number;
  tone?: ChartTone;
}

interface Props {
  label: string;
  bars: readonly Bar[];
  /** What 100 % is; the largest bar unless told, and then no share is shown. */
  total?: number;
  format?: (value: number) => string;
  /** Wraps a row, e.g. into a link. */
  row?: (bar: Bar, children: ReactNode) => ReactNode;
}

export function Bars({ label, bars, total, format = count, row }: Props) {
  const most = Math.max(total ?? 0, ...bars.map(({ value }) => value), 1);
  return (
    <ul className="bars" aria-label={label}>
      {bars.map((bar) => {
        const share = (bar.value / most) * 100;
        const content = (
          <>
            <span className="bars-label">{bar.label}</span>
            <span className="bars-track" aria-hidden="true">
              <span
                className={`bars-fill bars-fill-${bar.tone ?? 'neutral'}`}
                style={{ inlineSize: `${bar.value === 0 ? 0 : Math.max(1, share)}%` }}
              />
            </span>
            <span className="number">{format(bar.value)}</span>
            {total !== undefined && (
              <span className="number muted bars-share">{percent(bar.value, total)}</span>
            )}
          </>
        );
        return (
          <li key={bar.key}>{row?.(bar, content) ?? <div className="bars-row">{content}</div>}</li>
        );
      })}
    </ul>
  );
}
