// How long the tiers of a project's data are kept: as typed, as the API takes it, and what a change ends.
import type { Retention } from '../../../api/keeping';

export const TIERS = ['raw_days', 'hourly_days', 'daily_days'] as const;
export type Tier = (typeof TIERS)[number];

/** The most days of each. */
export const MOST: Record<Tier, number> = { raw_days: 365, hourly_days: 365, daily_days: 3_650 };

/** As typed; empty follows the installation. */
export type Typed = Record<Tier, string>;

const each = <Value>(value: (tier: Tier) => Value) =>
  Object.fromEntries(TIERS.map((tier) => [tier, value(tier)])) as Record<Tier, Value>;

export function typedOf(days: Retention): Typed {
  return each((tier) => String(days[tier] ?? ''));
}

export function readDays(typed: Typed): Record<Tier, number | null> {
  return each((tier) => (typed[tier].trim() === '' ? null : Number(typed[tier])));
}

/**
 * The tiers of which something may go with the next nightly pass. How long the installation keeps is not
 * known here, so every change from or to it may.
 */
export function shortened(before: Retention, after: Retention): Tier[] {
  return TIERS.filter((tier) => {
    const [was, is] = [before[tier] ?? null, after[tier] ?? null];
    return was !== is && (was === null || is === null || is < was);
  });
}
