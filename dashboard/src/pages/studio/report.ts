// A report as the page works with it, out of what the API keeps: lists of objects that nobody checked, some of them
// written by the original (`{id, title, sql, viz: line | pie | table}` and `{i, x, y, w, h}`). Pure.
import type { Report, ReportContent } from '../../api/reports';
import { type Preset, isPreset } from '../../time/range';
import { isVariableName } from './names';
import { type Box, append, arrange, clamp } from './grid';
import { type QuestionName, isQuestion } from './questions';

/** Characters of a report's name or a widget's title: the API's limit. */
export const MAX_NAME = 200;

export const LOOKS = ['number', 'line', 'columns', 'bars', 'pie', 'table', 'text'] as const;
export type Look = (typeof LOOKS)[number];

export interface Widget {
  id: string;
  title: string;
  viz: Look;
  /** What it asks: SQL of the console, or a ready-made question. A text asks nothing. */
  sql?: string;
  question?: QuestionName;
  text?: string;
}

/** A placeholder of the report's queries, which readers fill. */
export interface Variable {
  name: string;
  /** Its value unless the reader chooses another. */
  value: string;
}

export interface Draft {
  name: string;
  widgets: readonly Widget[];
  layout: readonly Box[];
  variables: readonly Variable[];
  /** The time range unless the reader chooses another. */
  range?: Preset | undefined;
}

type Raw = Record<string, unknown>;

/** The API keeps name, widgets and layout, nothing else: what concerns the whole report is an item among them. */
const SETTINGS = 'settings';

export function readReport(report: Pick<Report, 'name' | 'widgets' | 'layout'>): Draft {
  const items = report.widgets;
  const settings = items.find((item) => item['viz'] === SETTINGS);
  const widgets = items.filter((item) => item !== settings).map(readWidget);
  const known = new Set(widgets.map(({ id }) => id));
  let layout: Box[] = [];
  for (const raw of report.layout) {
    const box = readBox(raw);
    if (known.has(box.i) && !layout.some(({ i }) => i === box.i)) layout.push(box);
  }
  layout = arrange(layout);
  for (const { id } of widgets) {
    if (!layout.some(({ i }) => i === id)) layout = append(layout, id, 6, 5);
  }
  const range = settings?.['range'];
  return {
    name: report.name,
    widgets,
    layout,
    variables: readVariables(settings?.['variables']),
    ...(isPreset(range) ? { range } : {}),
  };
}

export function writeReport({ name, widgets, layout, variables, range }: Draft): ReportContent {
  const settings = {
    id: SETTINGS,
    viz: SETTINGS,
    variables,
    ...(range === undefined ? {} : { range }),
  };
  const has = variables.length > 0 || range !== undefined;
  return {
    name,
    widgets: [...widgets, ...(has ? [settings] : [])].map((each) => ({ ...each })),
    layout: layout.map((each) => ({ ...each })),
  };
}

/** Whether two say the same. */
export function isSame(a: Draft, b: Draft): boolean {
  return JSON.stringify(writeReport(a)) === JSON.stringify(writeReport(b));
}

/** An id no widget has yet. */
export function freshId(widgets: readonly Widget[]): string {
  for (let number = widgets.length + 1; ; number += 1) {
    const id = `w${number}`;
    if (!widgets.some((widget) => widget.id === id)) return id;
  }
}

function readWidget(raw: Raw, index: number): Widget {
  const question = isQuestion(raw['question']) ? raw['question'] : undefined;
  const viz = LOOKS.find((look) => look === raw['viz']) ?? 'table';
  return {
    id: text(raw['id']) || `w${index + 1}`,
    title: text(raw['title']),
    viz,
    ...(typeof raw['sql'] === 'string' ? { sql: raw['sql'] } : {}),
    ...(question === undefined ? {} : { question }),
    ...(typeof raw['text'] === 'string' ? { text: raw['text'] } : {}),
  };
}

function readBox(raw: Raw): Box {
  return clamp({
    i: text(raw['i']),
    x: number(raw['x'], 0),
    y: number(raw['y'], 0),
    w: number(raw['w'], 6),
    h: number(raw['h'], 5),
  });
}

function readVariables(raw: unknown): Variable[] {
  if (!Array.isArray(raw)) return [];
  return (raw as Raw[]).flatMap((each) => {
    const name = text(each['name']);
    return isVariableName(name) ? [{ name, value: text(each['value']) }] : [];
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
