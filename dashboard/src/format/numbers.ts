// Numbers, sizes and durations as the reader's language writes them. The only place that does.
import { locale } from '../i18n/language';
import { kept } from './kept';

const formats = kept<Intl.NumberFormat>();

function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const language = locale();
  return formats(
    `${language} ${JSON.stringify(options)}`,
    () => new Intl.NumberFormat(language, options),
  );
}

export function count(value: number): string {
  return format({ maximumFractionDigits: 20 }).format(value);
}

/** `1.2K`, for axes and badges. */
export function short(value: number): string {
  return format({ notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** A share that never shows 0 % when there was something, nor 100 % when something was missing. */
export function percent(part: number, whole: number): string {
  const show = (share: number, digits: number) =>
    `${format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share)} %`;
  if (whole === 0 || part === 0) return show(0, 0);
  const share = (part / whole) * 100;
  if (share < 0.01) return `< ${show(0.01, 2)}`;
  if (share < 1) return show(share, 2);
  if (share > 99.9 && part < whole) return `> ${show(99.9, 1)}`;
  return share < 10 ? show(share, 1) : show(share, 0);
}

/** `840 ms`, `1.24 s`, `2 min 5 s`, `3 h 20 min`, `4 d 2 h`. */
export function duration(ms: number): string {
  const number = (value: number, digits: number) =>
    format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  if (ms < 1_000) return `${number(ms, ms < 10 && !Number.isInteger(ms) ? 1 : 0)} ms`;
  if (ms < 59_995) return `${number(ms / 1_000, 2)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return two(seconds, 60, 'min', 1, 's');
  if (seconds < 86_400) return two(seconds, 3_600, 'h', 60, 'min');
  return two(seconds, 86_400, 'd', 3_600, 'h');
}

function two(seconds: number, large: number, one: string, small: number, other: string): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${count(Math.floor(seconds / large))} ${one}`;
  return rest === 0 ? first : `${first} ${rest} ${other}`;
}

/** `640 B`, `1.4 kB`, `2.1 GB`: powers of 1,000, as disks are sold. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let step = 0;
  let rest = value;
  while (rest >= 999.5 && step < units.length - 1) {
    rest /= 1_000;
    step += 1;
  }
  const digits = step === 0 || rest >= 100 ? 0 : 1;
  return `${format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(rest)} ${units[step] ?? ''}`;
}

/** `1.5 per second`-like rates need a unit of the caller's; this is only the number. */
export function decimal(value: number, digits: number): string {
  return format({ minimumFractionDigits: 0, maximumFractionDigits: digits }).format(value);
}
