// What a rule would have told, counted for a chart.
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
