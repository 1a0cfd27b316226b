const WHOLE = new Intl.NumberFormat();
const SHORT = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

export function count(value: number): string {
  return WHOLE.format(value);
}

/** `1.2K`, for axes. */
export function short(value: number): string {
  return SHORT.format(value);
}

/** A share that never shows 0 % when there was something, nor 100 % when something was missing. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const share = (part / whole) * 100;
  if (share < 0.01) return '< 0.01 %';
  if (share < 1) return `${share.toFixed(2)} %`;
  if (share > 99.9 && part < whole) return '> 99.9 %';
  return `${share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}
