// The six kinds of rules: what their threshold counts, its bounds and defaults (docs/ANOMALIES.md).
import type { AnomalyRule, RuleType } from '../../api/anomalies';

export interface Kind {
  /** What the threshold is measured in. */
  unit: 'deviations' | 'percent' | 'events' | 'minutes';
  least: number;
  most: number;
  threshold: number;
  /** Whether events are counted within a window, in seconds. */
  window: number | undefined;
  /** In seconds. */
  cooldown: number;
}

export const KINDS: Record<RuleType, Kind> = {
  volume_spike: {
    unit: 'deviations',
    least: 0.5,
    most: 100,
    threshold: 3,
    window: undefined,
    cooldown: 300,
  },
  error_rate: { unit: 'percent', least: 0.1, most: 100, threshold: 20, window: 300, cooldown: 300 },
  error_rate_by_route: {
    unit: 'percent',
    least: 0.1,
    most: 100,
    threshold: 10,
    window: 300,
    cooldown: 600,
  },
  brute_force: {
    unit: 'events',
    least: 1,
    most: 1_000_000,
    threshold: 10,
    window: 300,
    cooldown: 300,
  },
  mass_delete: {
    unit: 'events',
    least: 1,
    most: 1_000_000,
    threshold: 50,
    window: 300,
    cooldown: 300,
  },
  silent_service: {
    unit: 'minutes',
    least: 1,
    most: 10_080,
    threshold: 15,
    window: undefined,
    cooldown: 300,
  },
};

export const RULE_TYPES = Object.keys(KINDS) as RuleType[];
/** Seconds. */
export const WINDOW = { least: 60, most: 86_400 };
export const COOLDOWN = { least: 0, most: 604_800 };

/** What a rule is made of, as it is written in the form: texts, some of them half typed. */
export interface Draft {
  kind: RuleType;
  threshold: string;
  /** Seconds. */
  window: string;
  cooldown: string;
  service: string;
  environment: string;
}

export function draftOf(kind: RuleType): Draft {
  const { threshold, window, cooldown } = KINDS[kind];
  return {
    kind,
    threshold: String(threshold),
    window: String(window ?? WINDOW.least),
    cooldown: String(cooldown),
    service: '',
    environment: '',
  };
}

export function draftFrom(rule: AnomalyRule): Draft {
  return {
    kind: rule.rule_type,
    threshold: String(rule.threshold),
    window: String(rule.window_seconds),
    cooldown: String(rule.cooldown_seconds),
    service: rule.service_name ?? '',
    environment: rule.environment ?? '',
  };
}

/** The fields of a request. What narrows nothing is an empty text, which widens again. */
export interface Fields {
  rule_type: RuleType;
  threshold: number;
  window_seconds: number;
  cooldown_seconds: number;
  service_name: string;
  environment: string;
}

export type Problem = { field: 'threshold' | 'window' | 'cooldown'; least: number; most: number };

/** The fields, or the first one that cannot be taken and the bounds it has. */
export function fieldsOf(draft: Draft): Fields | Problem {
  const { least, most } = KINDS[draft.kind];
  const threshold = Number(draft.threshold);
  if (draft.threshold.trim() === '' || !within(threshold, least, most)) {
    return { field: 'threshold', least, most };
  }
  const window = whole(draft.window);
  if (!within(window, WINDOW.least, WINDOW.most)) return { field: 'window', ...WINDOW };
  const cooldown = whole(draft.cooldown);
  if (!within(cooldown, COOLDOWN.least, COOLDOWN.most)) return { field: 'cooldown', ...COOLDOWN };
  return {
    rule_type: draft.kind,
    threshold,
    window_seconds: window,
    cooldown_seconds: cooldown,
    service_name: draft.service.trim(),
    environment: draft.environment.trim(),
  };
}

export function isProblem(found: Fields | Problem): found is Problem {
  return 'field' in found;
}

function whole(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
