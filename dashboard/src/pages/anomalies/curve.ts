// What the rule of an incident saw, as lines of a chart.
import type { IncidentSeries } from '../../api/anomalies';
import type { Values } from '../../charts/scale';

export interface Curve {
  times: number[];
  /** What was measured while the rule did not hold, and while it did. */
  outside: Values;
  inside: Values;
  baseline: Values | undefined;
  /** One number where it is the same all along, else a value for each point. */
  threshold: number | Values | undefined;
}

export function curveOf({ data }: IncidentSeries): Curve {
  const thresholds = data.map(({ threshold }) => threshold ?? undefined);
  const known = [...new Set(thresholds.filter((value) => value !== undefined))];
  const baselines = data.map(({ baseline }) => baseline ?? undefined);
  return {
    times: data.map(({ at }) => Date.parse(at)),
    // The points beside the incident belong to both lines, so that they meet.
    outside: data.map(({ value, in_incident }, index) => {
      const beside =
        data[index - 1]?.in_incident === false || data[index + 1]?.in_incident === false;
      return in_incident && !beside ? undefined : value;
    }),
    inside: data.map(({ value, in_incident }) => (in_incident ? value : undefined)),
    baseline: baselines.some((value) => value !== undefined) ? baselines : undefined,
    threshold: known.length > 1 ? thresholds : known[0],
  };
}

const HOUR_MS = 3_600_000;

/** How often a rule would have told something in each `hours` of the last `days`, the oldest first. */
export function firingsOf(
  tried: readonly { started_at: string }[],
  days: number,
  hours: number,
  now: number,
): { times: number[]; counts: number[] } {
  const step = hours * HOUR_MS;
  const steps = (days * 24) / hours;
  const last = Math.floor(now / step) * step;
  // The oldest stretch is a part only, so there is one more than fit.
  const first = last - steps * step;
  const counts = Array.from({ length: steps + 1 }, () => 0);
  for (const { started_at } of tried) {
    const at = Math.floor((Date.parse(started_at) - first) / step);
    if (counts[at] !== undefined) counts[at] += 1;
  }
  return { times: counts.map((_, index) => first + index * step), counts };
}
