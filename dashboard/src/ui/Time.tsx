import { ago, clock, dateTime, utc } from '../time/format';

interface Props {
  value: string;
  look?: 'clock' | 'date';
}

/** A time in the reader's zone; UTC in the title. */
export function Time({ value, look = 'date' }: Props) {
  return (
    <time dateTime={value} title={utc(value)}>
      {look === 'clock' ? clock(value) : dateTime(value)}
    </time>
  );
}

/** How long ago, measured from `now`, so that one clock drives a whole page. */
export function Ago({ value, now }: { value: string; now: number }) {
  return (
    <time dateTime={value} title={utc(value)}>
      {ago(value, now)}
    </time>
  );
}
