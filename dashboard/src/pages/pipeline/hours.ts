// Makes the hours drawable: those the answer leaves out had no events, those not compared yet are unknown.
import type { PipelineHours } from '../../api/pipeline';
import type { Values } from '../../charts/scale';
import { maskedOf } from './verdict';

export const HOUR_MS = 3_600_000;

export interface HourSeries {
  times: number[];
  accepted: Values;
  stored: Values;
  repeated: Values;
  removed: Values;
  deadLettered: Values;
  /** Missing and too many alike. */
  differing: Values;
  masked: Values | undefined;
}

export function hourSeries({ from, to, data, compared_until }: PipelineHours): HourSeries {
  const first = Math.floor(Date.parse(from) / HOUR_MS) * HOUR_MS;
  const end = Date.parse(to);
  const known = new Map(data.map((hour) => [Date.parse(hour.hour), hour]));
  const compared = compared_until === null ? first : Date.parse(compared_until);
  const times: number[] = [];
  for (let at = first; at < end; at += HOUR_MS) times.push(at);
  const values = (read: (hour: PipelineHours['data'][number]) => number): Values =>
    times.map((at) => {
      const hour = known.get(at);
      if (hour !== undefined) return read(hour);
      return at < compared ? 0 : undefined;
    });
  const tells = data.some((hour) => maskedOf(hour) !== undefined);
  return {
    times,
    accepted: values((hour) => hour.accepted),
    stored: values((hour) => hour.stored),
    repeated: values((hour) => hour.repeated),
    removed: values((hour) => hour.removed),
    deadLettered: values((hour) => hour.dead_lettered),
    differing: values((hour) => Math.abs(hour.differing)),
    masked: tells ? values((hour) => maskedOf(hour) ?? 0) : undefined,
  };
}
