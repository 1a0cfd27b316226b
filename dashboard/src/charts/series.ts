// What every chart takes, and how its parts differ without colour: by pattern and by dash.
import type { Values } from './scale';

export type ChartTone = 'good' | 'info' | 'warn' | 'bad' | 'neutral' | 'a' | 'b' | 'c' | 'd';

export interface Series {
  name: string;
  tone: ChartTone;
  values: Values;
}

export interface Threshold {
  name: string;
  value: number;
}

/** The pattern drawn over a tone's fill, for those who see no colours. */
export const PATTERNS: Record<ChartTone, 'plain' | 'lines' | 'cross' | 'dots' | 'back'> = {
  good: 'plain',
  info: 'dots',
  warn: 'lines',
  bad: 'cross',
  neutral: 'plain',
  a: 'plain',
  b: 'lines',
  c: 'dots',
  d: 'back',
};

/** The dash of a tone's line, in pixels. */
export const DASHES: Record<ChartTone, string | undefined> = {
  good: undefined,
  info: '6 3',
  warn: '2 3',
  bad: '9 3 2 3',
  neutral: '1 3',
  a: undefined,
  b: '6 3',
  c: '2 3',
  d: '9 3 2 3',
};
