// Times in the reader's zone and language; UTC is one hover away (see ui/Time).
import { locale } from '../i18n/language';
import { kept } from './kept';
import { currentZone } from './zone';

export const DAY_MS = 86_400_000;

/** What of a moment is written. */
const LOOKS = {
  parts: {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
  },
  dateTime: { dateStyle: 'medium', timeStyle: 'short' },
  date: { dateStyle: 'medium' },
  day: { day: '2-digit', month: 'short' },
  dayOfYear: { day: '2-digit', month: 'short', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = kept<Intl.DateTimeFormat>();
const words = kept<Intl.RelativeTimeFormat>();

function format(look: keyof typeof LOOKS): Intl.DateTimeFormat {
  const [language, timeZone] = [locale(), currentZone()];
  return formats(
    `${look} ${language} ${timeZone}`,
    () => new Intl.DateTimeFormat(language, { ...LOOKS[look], timeZone }),
  );
}

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** The parts of a moment on the clock of the reader's zone. */
export function partsOf(ms: number): Parts {
  const found = Object.fromEntries(
    format('parts')
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: string) => found[name] ?? 0;
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

/** `14:03:22.118`, preceded by the day unless it is today. */
export function clock(value: string, now: number = Date.now()): string {
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) return value;
  const at = partsOf(ms);
  const time = `${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}.${pad(new Date(ms).getUTCMilliseconds(), 3)}`;
  const today = partsOf(now);
  if (at.year === today.year && at.month === today.month && at.day === today.day) return time;
  return `${dayOf(ms, at.year !== today.year)} ${time}`;
}

/** `23 Nov 2026, 14:03` in the order the reader's language uses. */
export function dateTime(value: string): string {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? value : format('dateTime').format(ms);
}

/** `23 Nov 2026`. */
export function date(value: string): string {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? value : format('date').format(ms);
}

/** `2026-11-23 14:03:22.118 UTC`. */
export function utc(value: string): string {
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) return value;
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

/** How long ago, in the reader's words: `12 seconds ago`, `há 4 minutos`. */
export function ago(value: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(value)) / 1_000));
  if (Number.isNaN(seconds)) return value;
  const language = locale();
  const style = { numeric: 'always', style: 'short' } as const;
  const said = words(language, () => new Intl.RelativeTimeFormat(language, style));
  if (seconds < 60) return said.format(-seconds, 'second');
  if (seconds < 3_600) return said.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return said.format(-Math.floor(seconds / 3_600), 'hour');
  return said.format(-Math.floor(seconds / 86_400), 'day');
}

/** The label of a bucket that is `step` milliseconds long. */
export function bucketLabel(ms: number, step: number): string {
  const day = dayOf(ms, false);
  return step >= DAY_MS ? day : `${day}, ${timeOf(ms, step < 60_000)}`;
}

/** The mark of an axis that spans `span` milliseconds. */
export function axisLabel(ms: number, span: number): string {
  return span <= DAY_MS * 1.5 ? timeOf(ms, span < 600_000) : dayOf(ms, false);
}

/** `23 Nov, 14:03`, for bounds. */
export function shortTime(value: string): string {
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) return value;
  return `${dayOf(ms, false)}, ${timeOf(ms, false)}`;
}

/** The value of a `datetime-local` input for an RFC 3339 time, in the reader's zone. */
export function toLocalInput(value: string | undefined): string {
  const ms = value === undefined ? Number.NaN : Date.parse(value);
  if (Number.isNaN(ms)) return '';
  const { year, month, day, hour, minute } = partsOf(ms);
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}`;
}

/** The RFC 3339 time of a `datetime-local` input, or nothing when it is empty or half typed. */
export function fromLocalInput(value: string): string | undefined {
  const wanted = Date.parse(`${value}Z`);
  if (!/T\d\d:\d\d/.test(value) || Number.isNaN(wanted)) return undefined;
  // The zone's distance from UTC depends on the moment looked for: two steps reach it, also beside a
  // change of clocks.
  let ms = wanted - distance(wanted);
  ms = wanted - distance(ms);
  return new Date(ms).toISOString();
}

/** How far the zone's clock is ahead of UTC at this moment. */
function distance(ms: number): number {
  const { year, month, day, hour, minute, second } = partsOf(ms);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1_000) * 1_000;
}

function dayOf(ms: number, year: boolean): string {
  return format(year ? 'dayOfYear' : 'day').format(ms);
}

/** `14:03`, or `14:03:22`. */
export function timeOf(ms: number, seconds: boolean): string {
  const { hour, minute, second } = partsOf(ms);
  return `${pad(hour)}:${pad(minute)}${seconds ? `:${pad(second)}` : ''}`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
