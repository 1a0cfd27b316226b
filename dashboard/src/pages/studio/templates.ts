// What a new report begins with.
import type { Draft, Look, Widget } from './report';
import { type Box } from './grid';
import type { QuestionName } from './questions';

interface Planned {
  question: QuestionName;
  viz: Look;
  box: Omit<Box, 'i'>;
}

const OVERVIEW: readonly Planned[] = [
  { question: 'total', viz: 'number', box: { x: 0, y: 0, w: 3, h: 2 } },
  { question: 'errors', viz: 'number', box: { x: 3, y: 0, w: 3, h: 2 } },
  { question: 'errorShare', viz: 'number', box: { x: 6, y: 0, w: 3, h: 2 } },
  { question: 'p95', viz: 'number', box: { x: 9, y: 0, w: 3, h: 2 } },
  { question: 'volume', viz: 'line', box: { x: 0, y: 2, w: 12, h: 5 } },
  { question: 'services', viz: 'table', box: { x: 0, y: 7, w: 6, h: 5 } },
  { question: 'classes', viz: 'pie', box: { x: 6, y: 7, w: 6, h: 5 } },
  { question: 'errorRoutes', viz: 'bars', box: { x: 0, y: 12, w: 6, h: 6 } },
  { question: 'users', viz: 'bars', box: { x: 6, y: 12, w: 6, h: 6 } },
];

export const TEMPLATES = ['overview', 'nothing'] as const;
export type Template = (typeof TEMPLATES)[number];

/** A report of this template; `title` names its widgets. */
export function begin(
  template: Template,
  name: string,
  title: (name: QuestionName) => string,
): Draft {
  const planned = template === 'overview' ? OVERVIEW : [];
  return {
    name,
    widgets: planned.map(({ question, viz }, index): Widget => ({
      id: `w${index + 1}`,
      title: title(question),
      viz,
      question,
    })),
    layout: planned.map(({ box }, index) => ({ i: `w${index + 1}`, ...box })),
    variables: [],
  };
}
