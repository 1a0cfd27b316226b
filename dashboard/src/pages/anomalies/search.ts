import type { Which } from '../../api/anomalies';
import { type Raw, type Scope, readScope } from '../../filters/search';

/** What the tabs of the list show. */
export const STATES = ['unhandled', 'open', 'all'] as const satisfies readonly Which[];

export type AnomaliesSearch = Scope & {
  /** All incidents unless told. */
  state?: Exclude<Which, 'all'> | undefined;
};

export function readAnomaliesSearch(raw: Raw): AnomaliesSearch {
  const state = raw['state'];
  return {
    ...readScope(raw),
    ...(state === 'open' || state === 'unhandled' ? { state } : {}),
  };
}

/** The list's search comes along, so that the way back leads to the same list. */
export type IncidentSearch = AnomaliesSearch & { id?: string | undefined };

export function readIncidentSearch(raw: Raw): IncidentSearch {
  const id = raw['id'];
  return { ...readAnomaliesSearch(raw), ...(typeof id === 'string' && id !== '' ? { id } : {}) };
}
