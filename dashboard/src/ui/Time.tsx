import { ago, clock, date, dateTime, utc } from '../format/time';

interface Props {
  value: string;
  look?: 'clock' | 'date' | 'day';
}

const LOOKS = { clock: (value: string) => clock(value), date: dateTime, day: date };

/** A time in the reader's zone; UTC in the title. */
export function Time({ value, look = 'date' }: Props) {
  return (
    <time dateTime={value} title={utc(value)}>
      {LOOKS[look](value)}
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
