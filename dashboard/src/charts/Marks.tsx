// Draws the marks of a time chart, in pixels, so that lines stay thin and patterns stay even.
import { memo } from 'react';
import { Patterns, hatch } from './Patterns';
import { type Values, stackAt, stretches } from './scale';
import { DASHES, type Series, type Threshold } from './series';
import type { Brush } from './useCursor';

interface Props {
  id: string;
  width: number;
  height: number;
  top: number;
  kind: 'bars' | 'lines' | 'area';
  stacked: boolean;
  series: readonly Series[];
  points: number;
  thresholds: readonly Threshold[];
  at: number | undefined;
  brush: Brush | undefined;
}

export function Marks(props: Props) {
  const { id, width, height, top, points, thresholds, at, brush } = props;
  if (width === 0) return null;
  const wide = width / Math.max(1, points);
  const y = (value: number) => height - (value / top) * height;
  return (
    <svg
      width={width}
      height={height}
      // On paper the chart is as wide as its place there.
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <Patterns id={id} />
      <line className="chart-grid" x1="0" x2={width} y1={height / 2} y2={height / 2} />
      {at !== undefined && (
        <rect className="chart-cursor" x={at * wide} y="0" width={wide} height={height} />
      )}
      <Drawn {...props} at={undefined} brush={undefined} />
      {thresholds.map(({ name, value }) => (
        <g key={name} className="chart-threshold">
          <line x1="0" x2={width} y1={y(value)} y2={y(value)} />
          <text x={width - 4} y={Math.max(11, y(value) - 4)} textAnchor="end">
            {name}
          </text>
        </g>
      ))}
      {brush !== undefined && (
        <rect
          className="chart-brush"
          x={Math.min(brush.anchor, brush.head) * wide}
          y="0"
          width={(Math.abs(brush.head - brush.anchor) + 1) * wide}
          height={height}
        />
      )}
    </svg>
  );
}

/** Everything that does not move with the pointer. */
const Drawn = memo(function Drawn(props: Props) {
  return props.kind === 'bars' ? <Bars {...props} /> : <Lines {...props} />;
});

function Bars({ id, width, height, top, series, points, stacked }: Props) {
  const wide = width / Math.max(1, points);
  const gap = wide > 4 ? Math.min(3, wide * 0.2) : 0;
  const values = series.map((each) => each.values);
  return Array.from({ length: points }, (_, at) => {
    const pieces = stacked
      ? stackAt(values, at)
      : values.map((each) => ({ from: 0, to: each[at] ?? 0 }));
    const lane = stacked ? wide - gap : (wide - gap) / Math.max(1, series.length);
    let floor = height;
    return pieces.map(({ from, to }, index) => {
      const tone = series[index]?.tone ?? 'neutral';
      if (to <= from) return null;
      // One event among thousands still has to be seen.
      const high = Math.max(1.5, ((to - from) / top) * height);
      const y = (stacked ? floor : height) - high;
      if (stacked) floor = y;
      const x = at * wide + gap / 2 + (stacked ? 0 : index * lane);
      const box = { x, y: Math.max(0, y), width: Math.max(0.5, lane), height: high };
      const over = lane >= 3 ? hatch(id, tone) : undefined;
      return (
        <g key={`${at} ${index}`}>
          <rect className={`chart-fill-${tone}`} {...box} />
          {over !== undefined && <rect fill={over} {...box} />}
        </g>
      );
    });
  });
}

function Lines({ id, width, height, top, series, points, stacked, kind }: Props) {
  const wide = width / Math.max(1, points);
  const all = series.map(({ values }) => values);
  return series.map(({ name, tone, values }, index) => {
    const upper = stacked ? sums(all, index + 1, points) : values;
    const lower = stacked ? sums(all, index, points) : undefined;
    const x = (at: number) => ((at + 0.5) * wide).toFixed(1);
    const y = (value: number) => (height - (value / top) * height).toFixed(1);
    return stretches(upper).map(([first, last]) => {
      const indexes = Array.from({ length: last - first + 1 }, (_, step) => first + step);
      const line = indexes.map((at) => `${x(at)} ${y(upper[at] ?? 0)}`).join('L');
      const back = [...indexes].reverse().map((at) => `${x(at)} ${y(lower?.[at] ?? 0)}`);
      const area = `M${line}L${back.join('L')}Z`;
      const over = hatch(id, tone);
      return (
        <g key={`${name} ${first}`}>
          {kind === 'area' && <path className={`chart-fill-${tone} chart-soft`} d={area} />}
          {kind === 'area' && over !== undefined && <path fill={over} d={area} />}
          <path
            className={`chart-line chart-stroke-${tone}`}
            d={`M${line}`}
            strokeDasharray={DASHES[tone]}
          />
          {first === last && (
            <circle
              className={`chart-fill-${tone}`}
              cx={x(first)}
              cy={y(upper[first] ?? 0)}
              r="2"
            />
          )}
        </g>
      );
    });
  });
}

/** The sum of the first `many` series at each point; unknown where the last of them is. */
function sums(all: readonly Values[], many: number, points: number): Values {
  const last = all[many - 1];
  return Array.from({ length: points }, (_, at) => {
    if (last !== undefined && last[at] === undefined) return undefined;
    return all.slice(0, many).reduce((sum, values) => sum + (values[at] ?? 0), 0);
  });
}
