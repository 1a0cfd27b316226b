import type { Raw } from '../../filters/search';

/** The figures of what the screen shows, its projects side by side, or each in turn. */
export const VIEWS = ['board', 'grid', 'both'] as const;
export type View = (typeof VIEWS)[number];

export interface TvSearch {
  /** The board unless told. */
  view?: View | undefined;
  environment?: string | undefined;
  /** One of the screen's projects. */
  project?: string | undefined;
}

export function readTvSearch(raw: Raw): TvSearch {
  const view = VIEWS.find((each) => each === raw['view'] && each !== 'board');
  const [environment, project] = [text(raw['environment']), text(raw['project'])];
  return {
    ...(view === undefined ? {} : { view }),
    ...(environment === undefined ? {} : { environment }),
    ...(project === undefined ? {} : { project }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
