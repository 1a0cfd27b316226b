import { count } from '../../ui/numbers';
import type { Bar } from './buckets';

const DAY_MS = 86_400_000;
const TICKS = 6;

export function describeBar(bar: Bar | undefined, interval: number): string {
  if (bar === undefined) return 'no data';
  return `${label(bar.start, interval)}: ${count(bar.count)} events, ${count(bar.errors4xx)} with 4xx, ${count(bar.errors5xx)} with 5xx`;
}

/** The figures of the bar under the pointer; the legend while there is none. */
export function BarReadout({ bar, interval }: { bar: Bar | undefined; interval: number }) {
  return (
    <p className="readout">
      {bar !== undefined && <span className="readout-time">{label(bar.start, interval)}</span>}
      <span className="key key-good">
        {bar === undefined
          ? '2xx, 3xx'
          : count(Math.max(0, bar.count - bar.errors4xx - bar.errors5xx))}
      </span>
      <span className="key key-warn">{bar === undefined ? '4xx' : count(bar.errors4xx)}</span>
      <span className="key key-bad">{bar === undefined ? '5xx' : count(bar.errors5xx)}</span>
    </p>
  );
}

export function XAxis({ bars, interval }: { bars: readonly Bar[]; interval: number }) {
  const shown = Math.min(TICKS, bars.length);
  const ticks = Array.from({ length: shown }, (_, index) => {
    const bar = bars[Math.floor((index * bars.length) / shown)];
    return bar === undefined ? '' : tick(bar.start, bars.length * interval);
  });
  return (
    <div className="volume-x" aria-hidden="true">
      {ticks.map((text, index) => (
        <span key={index}>{text}</span>
      ))}
    </div>
  );
}

function label(start: number, interval: number): string {
  const date = new Date(start);
  const day = date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
  return interval >= DAY_MS ? day : `${day}, ${time(date, interval < 60_000)}`;
}

function tick(start: number, span: number): string {
  const date = new Date(start);
  if (span <= DAY_MS * 1.5) return time(date, span < 10 * 60_000);
  return date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}

function time(date: Date, seconds: boolean): string {
  return date.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  });
}
