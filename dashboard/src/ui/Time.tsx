import { ago, bucketLabel, clock, date, dateTime, timeOf, utc } from '../format/time';

interface Props {
  value: string;
  look?: keyof typeof LOOKS;
}

const LOOKS = {
  clock: (value: string) => clock(value),
  date: dateTime,
  day: date,
  minute: (value: string) => timeOf(Date.parse(value), false),
  second: (value: string) => timeOf(Date.parse(value), true),
};

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

/** The beginning of a bucket that is `step` milliseconds long. */
export function BucketTime({ ms, step }: { ms: number; step: number }) {
  const value = new Date(ms).toISOString();
  return (
    <time dateTime={value} title={utc(value)}>
      {bucketLabel(ms, step)}
    </time>
  );
}
