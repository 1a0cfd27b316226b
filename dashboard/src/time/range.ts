// Time ranges: the presets of the menu, and how they become the bounds of a request.
import { shortTime, utc } from '../format/time';
import { common } from '../i18n/common';

const MINUTES = {
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '3h': 180,
  '6h': 360,
  '12h': 720,
  '24h': 1_440,
  '3d': 4_320,
  '7d': 10_080,
  '30d': 43_200,
} as const;

export type Preset = keyof typeof MINUTES;
export const PRESETS = Object.keys(MINUTES) as Preset[];
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
  return PRESETS.some((preset) => preset === value);
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
  const minutes = MINUTES[range.range ?? DEFAULT_PRESET];
  return { start_date: new Date(now - minutes * 60_000).toISOString() };
}

/** The range as a brush over a chart sets it. */
export function between(from: number, to: number): Range {
  return {
    range: undefined,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
}

export function presetLabel(preset: Preset): string {
  return common.t(`range_${preset}`);
}

export function rangeLabel(range: Range): string {
  if (!isCustom(range)) return presetLabel(range.range ?? DEFAULT_PRESET);
  const from = range.from === undefined ? common.t('rangeBeginning') : shortTime(range.from);
  const to = range.to === undefined ? common.t('rangeNow') : shortTime(range.to);
  return `${from} – ${to}`;
}

/** The same in UTC, for a title; nothing for a preset, which names no moment. */
export function rangeUtc({ from, to }: Range): string | undefined {
  if (!isCustom({ from, to })) return undefined;
  const begins = from === undefined ? common.t('rangeBeginning') : utc(from);
  return `${begins} – ${to === undefined ? common.t('rangeNow') : utc(to)}`;
}

/** Whether new events can still fall into the range. */
export function isOpenEnded(range: Range, now: number): boolean {
  return range.to === undefined || Date.parse(range.to) > now;
}
