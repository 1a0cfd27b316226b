// Events over time, stacked by outcome. Drawn by hand: a few rectangles need no chart library.
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import type { Stats } from '../../api/model';
import type { Scope } from '../../filters/search';
import { bounds } from '../../time/range';
import { short } from '../../ui/numbers';
import { type Bar, axisTop, fillBuckets } from './buckets';
import { BarReadout, XAxis, describeBar } from './VolumeLabels';

const HEIGHT = 100;

export function Volume({ stats, scope }: { stats: Stats; scope: Scope }) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<number>();
  const bars = useMemo(() => barsOf(stats, scope), [stats, scope]);
  const top = axisTop(Math.max(0, ...bars.map((bar) => bar.count)));
  const interval = stats.interval_seconds * 1_000;
  const last = bars.length - 1;
  const at = chosen === undefined ? undefined : Math.min(chosen, last);
  const bar = at === undefined ? undefined : bars[at];

  function open() {
    if (bar === undefined) return;
    void navigate({
      to: '/events',
      search: {
        ...scope,
        range: undefined,
        from: new Date(bar.start).toISOString(),
        to: new Date(bar.start + interval - 1).toISOString(),
      },
    });
  }

  function point(event: PointerEvent<HTMLElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * bars.length);
    setChosen(Math.max(0, Math.min(last, index)));
  }

  function key(event: KeyboardEvent) {
    const steps: Record<string, number> = {
      ArrowLeft: (at ?? bars.length) - 1,
      ArrowRight: (at ?? last) + 1,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setChosen(Math.max(0, Math.min(last, next)));
    }
    if (event.key === 'Enter') open();
  }

  return (
    <section className="panel volume" aria-labelledby="volume-title">
      <header className="panel-head">
        <h2 id="volume-title">Events over time</h2>
        <BarReadout bar={bar} interval={interval} />
      </header>
      <div className="volume-plot">
        <div className="volume-y" aria-hidden="true">
          <span>{short(top)}</span>
          <span>{short(top / 2)}</span>
          <span>0</span>
        </div>
        <div
          className="volume-bars"
          role="slider"
          tabIndex={0}
          aria-label="Events over time. Arrow keys step through it, Enter shows the events."
          aria-valuemin={0}
          aria-valuemax={Math.max(0, last)}
          aria-valuenow={at ?? Math.max(0, last)}
          aria-valuetext={describeBar(bar ?? bars[last], interval)}
          onPointerMove={point}
          onPointerLeave={() => setChosen(undefined)}
          onBlur={() => setChosen(undefined)}
          onClick={open}
          onKeyDown={key}
        >
          <svg viewBox={`0 0 ${Math.max(1, bars.length)} ${HEIGHT}`} preserveAspectRatio="none">
            <line className="volume-grid" x1="0" x2={bars.length} y1="50" y2="50" />
            {bars.map((each, index) => (
              <Column key={each.start} bar={each} index={index} top={top} chosen={index === at} />
            ))}
          </svg>
        </div>
      </div>
      <XAxis bars={bars} interval={interval} />
    </section>
  );
}

interface ColumnProps {
  bar: Bar;
  index: number;
  top: number;
  chosen: boolean;
}

function Column({ bar, index, top, chosen }: ColumnProps) {
  const scale = HEIGHT / top;
  const parts = [
    ['good', Math.max(0, bar.count - bar.errors4xx - bar.errors5xx)],
    ['warn', bar.errors4xx],
    ['bad', bar.errors5xx],
  ] as const;
  let y = HEIGHT;
  return (
    <g data-chosen={chosen || undefined}>
      {chosen && <rect className="volume-cursor" x={index} y={0} width={1} height={HEIGHT} />}
      {parts.map(([tone, value]) => {
        if (value === 0) return null;
        // One event among thousands still has to be seen.
        const height = Math.max(1, value * scale);
        y -= height;
        return (
          <rect
            key={tone}
            className={`fill-${tone}`}
            x={index + 0.1}
            y={y}
            width={0.8}
            height={height}
          />
        );
      })}
    </g>
  );
}

function barsOf(stats: Stats, scope: Scope): Bar[] {
  const now = Date.now();
  const { start_date, end_date } = bounds(scope, now);
  return fillBuckets(stats.timeline, {
    intervalSeconds: stats.interval_seconds,
    from: start_date === undefined ? undefined : Date.parse(start_date),
    to: end_date === undefined ? now : Math.min(now, Date.parse(end_date)),
  });
}
