import type { LetterState } from '../../api/deadLetters';
import { type Raw, type Scope, readScope } from '../../filters/search';

export const VIEWS = ['line', 'books', 'letters', 'storage'] as const;
export type View = (typeof VIEWS)[number];
export const LETTER_STATES = [
  'all',
  'waiting',
  'replayed',
] as const satisfies readonly LetterState[];

export type PipelineSearch = Scope & {
  /** The line unless told. */
  view?: View | undefined;
  /** Only comparisons that did not agree. */
  differing?: 'yes' | undefined;
  /** Dead letters of this reason, and of this state. */
  reason?: string | undefined;
  state?: LetterState | undefined;
  /** The letter whose details are open. */
  letter?: string | undefined;
};

export function readPipelineSearch(raw: Raw): PipelineSearch {
  const view = VIEWS.find((each) => each === raw['view'] && each !== 'line');
  const state = LETTER_STATES.find((each) => each === raw['state'] && each !== 'all');
  const [reason, letter] = [text(raw['reason']), text(raw['letter'])];
  return {
    ...readScope(raw),
    ...(view === undefined ? {} : { view }),
    ...(raw['differing'] === 'yes' ? { differing: 'yes' as const } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(state === undefined ? {} : { state }),
    ...(letter === undefined ? {} : { letter }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
