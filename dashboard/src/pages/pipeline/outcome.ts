import type { Reconciliation } from '../../api/pipeline';

/** How a comparison ended, the worst first. */
export type Outcome = 'differs' | 'rollups' | 'cut' | 'waits' | 'agrees';

export function outcomeOf(row: Reconciliation): Outcome {
  if (row.differing !== 0) return 'differs';
  if ((row.rollups_differing ?? 0) > 0) return 'rollups';
  // What Kafka no longer had could not be compared: that it agrees says little.
  if (row.is_cut) return 'cut';
  return row.waiting > 0 ? 'waits' : 'agrees';
}
