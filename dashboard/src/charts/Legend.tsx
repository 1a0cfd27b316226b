import { type ReactNode, useId } from 'react';
import { Patterns, hatch } from './Patterns';
import { type ChartTone, DASHES, type Series, type Threshold } from './series';

interface Props {
  /** Told while a point is under the cursor, and not drawn. */
  beside?: readonly Series[];
  series: readonly Series[];
  thresholds: readonly Threshold[];
  /** The point under the cursor, whose values stand here; the names alone while there is none. */
  at: number | undefined;
  when: ReactNode;
  format: (value: number) => string;
  line: boolean;
}

export function Legend({ beside = [], series, thresholds, at, when, format, line }: Props) {
  return (
    <p className="chart-legend">
      {at !== undefined && (
        <span className="chart-at">
          <span className="muted">{when}</span>
          {beside.map(({ name, values }) => {
            const value = values[at];
            return (
              <span key={name} className="chart-key">
                {name}
                <b>{value === undefined ? '–' : format(value)}</b>
              </span>
            );
          })}
        </span>
      )}
      {series.map(({ name, tone, values }) => {
        const value = at === undefined ? undefined : values[at];
        return (
          <span key={name} className="chart-key">
            <Swatch tone={tone} line={line} />
            {name}
            <b>{at === undefined ? '' : value === undefined ? '–' : format(value)}</b>
          </span>
        );
      })}
      {thresholds.map(({ name, value }) => (
        <span key={name} className="chart-key">
          <svg className="chart-swatch" viewBox="0 0 14 10" aria-hidden="true">
            <line className="chart-threshold-key" x1="0" x2="14" y1="5" y2="5" />
          </svg>
          {name} <b>{format(value)}</b>
        </span>
      ))}
    </p>
  );
}

/** The same fill and pattern, or the same dash, as in the chart. */
export function Swatch({ tone, line = false }: { tone: ChartTone; line?: boolean }) {
  const id = useId();
  const over = hatch(id, tone);
  return (
    <svg className="chart-swatch" viewBox="0 0 14 10" aria-hidden="true">
      {line ? (
        <path
          className={`chart-line chart-stroke-${tone}`}
          d="M0 5h14"
          strokeDasharray={DASHES[tone]}
        />
      ) : (
        <>
          <Patterns id={id} />
          <rect className={`chart-fill-${tone}`} width="14" height="10" rx="2" />
          {over !== undefined && <rect fill={over} width="14" height="10" rx="2" />}
        </>
      )}
    </svg>
  );
}
