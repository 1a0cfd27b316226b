// One word for whoever opens the page at night: was anything lost? The worst that is known decides.
import type { LossIncident, Pipeline, PipelineHours } from '../../api/pipeline';

type Hour = PipelineHours['data'][number];

const DAY_MS = 86_400_000;
/** Comparisons are made every five minutes, unless set otherwise, of what is two minutes old: this is four in a row. */
const PROVEN_MS = 20 * 60_000;

export type Verdict =
  /** Events are missing or too many, or Kafka lost records before they were read. */
  | { kind: 'lost'; events: number; records: number }
  | { kind: 'kafkaDown'; since: string | null }
  /** Nobody looks: nothing can be said about now. */
  | { kind: 'unseen' }
  /** Everything lies in Kafka, but is not stored yet. */
  | { kind: 'late'; seconds: number }
  /** Something went wrong on the way, without a loss that is known. */
  | { kind: 'incident'; number: number }
  /** The rollups do not count what the rows are. */
  | { kind: 'rollups'; number: number }
  /** Nothing was compared yet. */
  | { kind: 'unproven' }
  /** Comparing has stopped: of what came after that, nothing is proven. */
  | { kind: 'stopped'; since: string }
  /** Nothing bad is known, but not all of it was answered yet; or it could not be had. */
  | { kind: 'asking' }
  | { kind: 'uncounted' }
  /** The comparisons met no event: that proves nothing. */
  | { kind: 'idle' }
  | { kind: 'whole'; accepted: number };

interface Known {
  pipeline: Pipeline;
  hours: PipelineHours | undefined;
  /** The newest first; none where the reader may not see them. */
  losses: readonly LossIncident[] | undefined;
  /** Whether hours or losses could not be had. */
  failed: boolean;
  now: number;
}

export function verdictOf({ pipeline, hours, losses, failed, now }: Known): Verdict {
  const { books, state, instance } = pipeline;
  const total = hours === undefined ? undefined : sumOf(hours.data);
  const recent = (losses ?? []).filter(({ detected_at }) => now - Date.parse(detected_at) < DAY_MS);
  const events = Math.max(books.differing, (total?.missing ?? 0) + (total?.surplus ?? 0));
  const records = recent.reduce((sum, { lost }) => sum + lost, 0);
  if (events > 0 || records > 0) return { kind: 'lost', events, records };
  if (state === 'kafka_down') {
    return { kind: 'kafkaDown', since: instance?.kafka_silent_since ?? null };
  }
  if (state === 'unknown') return { kind: 'unseen' };
  if (state === 'late') return { kind: 'late', seconds: pipeline.lag_seconds ?? 0 };
  if (recent.length > 0) return { kind: 'incident', number: recent.length };
  const rollups = instance?.reconciliation?.rollups_differing ?? 0;
  if (rollups > 0) return { kind: 'rollups', number: rollups };
  const until = books.compared_until;
  if (until === null) return { kind: 'unproven' };
  if (now - Date.parse(until) > PROVEN_MS) return { kind: 'stopped', since: until };
  if (total === undefined || losses === undefined) return { kind: failed ? 'uncounted' : 'asking' };
  return total.accepted === 0 ? { kind: 'idle' } : { kind: 'whole', accepted: total.accepted };
}

/** How the words and the colour of a verdict go together. */
export const TONES: Record<Verdict['kind'], 'good' | 'info' | 'warn' | 'bad'> = {
  lost: 'bad',
  kafkaDown: 'bad',
  unseen: 'warn',
  late: 'warn',
  incident: 'warn',
  rollups: 'warn',
  stopped: 'warn',
  uncounted: 'warn',
  unproven: 'info',
  asking: 'info',
  idle: 'info',
  whole: 'good',
};

export interface Sum {
  accepted: number;
  stored: number;
  deadLettered: number;
  repeated: number;
  removed: number;
  /** Accepted, and nowhere; and rows that are too many. Apart: they do not make up for each other. */
  missing: number;
  surplus: number;
  /** Events one or more of whose fields were masked, where the answer tells. */
  masked: number | undefined;
}

export function sumOf(hours: readonly Hour[]): Sum {
  const add = (read: (hour: Hour) => number) => hours.reduce((sum, hour) => sum + read(hour), 0);
  const tells = hours.some((hour) => maskedOf(hour) !== undefined);
  return {
    accepted: add((hour) => hour.accepted),
    stored: add((hour) => hour.stored),
    deadLettered: add((hour) => hour.dead_lettered),
    repeated: add((hour) => hour.repeated),
    removed: add((hour) => hour.removed),
    missing: add((hour) => Math.max(0, hour.differing)),
    surplus: add((hour) => Math.max(0, -hour.differing)),
    masked: tells ? add((hour) => maskedOf(hour) ?? 0) : undefined,
  };
}

/** Events of the hour that were masked; nothing while the store does not answer. */
export function maskedOf(hour: Hour): number | undefined {
  return hour.masked ?? undefined;
}
