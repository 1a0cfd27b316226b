// Time ranges: the presets of the menu, and how they become the bounds of a request.

export const PRESETS = [
  ['5m', 'Last 5 minutes', 5],
  ['15m', 'Last 15 minutes', 15],
  ['30m', 'Last 30 minutes', 30],
  ['1h', 'Last hour', 60],
  ['3h', 'Last 3 hours', 180],
  ['6h', 'Last 6 hours', 360],
  ['12h', 'Last 12 hours', 720],
  ['24h', 'Last 24 hours', 1_440],
  ['3d', 'Last 3 days', 4_320],
  ['7d', 'Last 7 days', 10_080],
  ['30d', 'Last 30 days', 43_200],
] as const;

export type Preset = (typeof PRESETS)[number][0];

export const DEFAULT_PRESET: Preset = '24h';

export interface Range {
  range?: Preset | undefined;
  /** RFC 3339; either bound makes the range a custom one and overrides the preset. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface Bounds {
  start_date?: string;
  end_date?: string;
}

export function isPreset(value: unknown): value is Preset {
  return PRESETS.some(([preset]) => preset === value);
}

export function isCustom(range: Range): boolean {
  return range.from !== undefined || range.to !== undefined;
}

/** The bounds to ask for. A preset has no end, so that events of this moment are included. */
export function bounds(range: Range, now: number): Bounds {
  if (isCustom(range)) {
    return {
      ...(range.from === undefined ? {} : { start_date: range.from }),
      ...(range.to === undefined ? {} : { end_date: range.to }),
    };
  }
  return { start_date: new Date(now - minutes(range.range) * 60_000).toISOString() };
}

export function rangeLabel(range: Range): string {
  if (!isCustom(range)) {
    const found = PRESETS.find(([preset]) => preset === (range.range ?? DEFAULT_PRESET));
    return found?.[1] ?? '';
  }
  const from = range.from === undefined ? 'the beginning' : shortLocal(range.from);
  const to = range.to === undefined ? 'now' : shortLocal(range.to);
  return `${from} – ${to}`;
}

/** Whether new events can still fall into the range. */
export function isOpenEnded(range: Range, now: number): boolean {
  return range.to === undefined || Date.parse(range.to) > now;
}

function minutes(preset: Preset | undefined): number {
  const found = PRESETS.find(([name]) => name === (preset ?? DEFAULT_PRESET));
  return found?.[2] ?? 1_440;
}

function shortLocal(value: string): string {
  return new Date(value).toLocaleString(undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
