// Ready-made questions: figures of the same API as Overview and Insights, which every member of a project may ask.
// Each answers like a query, so that a widget draws both alike.
import type { Insights } from '../../api/insights';
import type { Stats } from '../../api/model';
import { personOf } from '../../format/person';
import type { Answer } from '../../sql/columns';
import type { Look } from './report';

export type Unit = 'count' | 'percent' | 'duration';

/** The columns of answers; the page's texts name them. */
export type ColumnKey =
  | 'time'
  | 'events'
  | 'errors4xx'
  | 'errors5xx'
  | 'errors'
  | 'share'
  | 'service'
  | 'class'
  | 'average'
  | 'p95'
  | 'endpoint'
  | 'user';

interface Asked<From, Data> {
  from: From;
  /** How it can be shown, the best first. */
  looks: readonly Look[];
  columns: readonly ColumnKey[];
  rows: (data: Data) => readonly (readonly unknown[])[];
  unit?: Unit;
}

const ofStats = (question: Omit<Asked<'stats', Stats>, 'from'>): Asked<'stats', Stats> => ({
  from: 'stats',
  ...question,
});
const ofInsights = (
  question: Omit<Asked<'insights', Insights>, 'from'>,
): Asked<'insights', Insights> => ({
  from: 'insights',
  ...question,
});

const endpoint = ({ method, path }: { method: string; path: string }) => `${method} ${path}`.trim();

export const QUESTIONS = {
  total: ofStats({ looks: ['number'], columns: ['events'], rows: ({ total }) => [[total]] }),
  errors: ofStats({
    looks: ['number'],
    columns: ['errors'],
    rows: ({ errors_4xx, errors_5xx }) => [[errors_4xx + errors_5xx]],
  }),
  errorShare: ofStats({
    looks: ['number'],
    columns: ['share'],
    rows: ({ total, errors_4xx, errors_5xx }) => [
      [total === 0 ? 0 : (errors_4xx + errors_5xx) / total],
    ],
    unit: 'percent',
  }),
  average: ofStats({
    looks: ['number'],
    columns: ['average'],
    rows: ({ avg_response_time }) => [[avg_response_time]],
    unit: 'duration',
  }),
  p95: ofStats({
    looks: ['number'],
    columns: ['p95'],
    rows: ({ p95_response_time }) => [[p95_response_time]],
    unit: 'duration',
  }),
  volume: ofStats({
    looks: ['line', 'columns', 'table'],
    columns: ['time', 'events', 'errors4xx', 'errors5xx'],
    rows: ({ timeline }) =>
      timeline.map((each) => [each.hour, each.count, each.errors_4xx, each.errors_5xx]),
  }),
  services: ofStats({
    looks: ['bars', 'pie', 'table'],
    columns: ['service', 'events', 'errors', 'average'],
    rows: ({ by_service }) =>
      [...by_service]
        .sort((a, b) => b.requests - a.requests)
        .map((each) => [
          each.service_name,
          each.requests,
          each.errors,
          Math.round(each.avg_response_time),
        ]),
  }),
  classes: ofStats({
    looks: ['pie', 'bars', 'table'],
    columns: ['class', 'events'],
    rows: ({ by_status_class }) =>
      Object.entries(by_status_class).sort(([a], [b]) => a.localeCompare(b)),
  }),
  endpoints: ofInsights({
    looks: ['bars', 'pie', 'table'],
    columns: ['endpoint', 'events'],
    rows: ({ top_endpoints }) => top_endpoints.map((each) => [endpoint(each), each.count]),
  }),
  users: ofInsights({
    looks: ['bars', 'table'],
    columns: ['user', 'events'],
    rows: ({ top_users }) => top_users.map((each) => [personOf(each), each.count]),
  }),
  errorRoutes: ofInsights({
    looks: ['bars', 'table'],
    columns: ['endpoint', 'errors', 'events'],
    rows: ({ top_error_routes }) =>
      top_error_routes
        .filter(({ error_count }) => error_count > 0)
        .map((each) => [endpoint(each), each.error_count, each.total]),
  }),
  slowRoutes: ofInsights({
    looks: ['bars', 'table'],
    columns: ['endpoint', 'average', 'p95'],
    rows: ({ top_slow_routes }) =>
      top_slow_routes.map((each) => [
        endpoint(each),
        Math.round(each.avg_ms),
        Math.round(each.p95_ms),
      ]),
  }),
} as const;

export type QuestionName = keyof typeof QUESTIONS;
export const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];

export function isQuestion(value: unknown): value is QuestionName {
  return typeof value === 'string' && Object.hasOwn(QUESTIONS, value);
}

export function looksOf(name: QuestionName): readonly Look[] {
  return QUESTIONS[name].looks;
}

export function unitOf(name: QuestionName | undefined): Unit {
  return (name && (QUESTIONS[name] as { unit?: Unit }).unit) ?? 'count';
}

/** The answer out of what the API said. */
export function answerOf(
  name: QuestionName,
  data: { stats: Stats | undefined; insights: Insights | undefined },
  column: (key: ColumnKey) => string,
): Answer | undefined {
  const question = QUESTIONS[name];
  const columns = question.columns.map(column);
  if (question.from === 'stats') {
    return data.stats && { columns, rows: question.rows(data.stats) };
  }
  return data.insights && { columns, rows: question.rows(data.insights) };
}
