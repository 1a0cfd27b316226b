// Which letters a replay would be about, and how many they are.
import type { DeadLetter, LetterState, NewReplay, ReasonCount } from '../../api/deadLetters';

/** The most letters that one replay names by their ids. */
const MOST_IDS = 500;

export type Chosen = ReadonlySet<string>;

export interface Wanted {
  body: NewReplay;
  letters: number;
}

interface Shown {
  rows: readonly DeadLetter[];
  chosen: Chosen;
  /** How many letters there are of each reason, under the same filters. */
  reasons: readonly ReasonCount[];
  project: string | undefined;
  reason: string | undefined;
  state: LetterState;
}

/**
 * Those that are chosen; else all that the filters select. The API knows no state in a replay: of letters in
 * one state, those that are shown are named. Nothing when there is none.
 */
export function wantedOf({
  rows,
  chosen,
  reasons,
  project,
  reason,
  state,
}: Shown): Wanted | undefined {
  const of = project === undefined ? {} : { project_id: project };
  const named = (ids: string[]) =>
    ids.length === 0 ? undefined : { body: { ...of, ids }, letters: ids.length };
  if (chosen.size > 0) return named([...chosen].slice(0, MOST_IDS));
  if (state !== 'all') return named(rows.slice(0, MOST_IDS).map(({ id }) => id));
  const letters = reasons
    .filter((each) => reason === undefined || each.reason === reason)
    .reduce((sum, each) => sum + each.letters, 0);
  if (letters === 0) return undefined;
  return { body: { ...of, ...(reason === undefined ? {} : { reason }) }, letters };
}
