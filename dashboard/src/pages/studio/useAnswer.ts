// What a widget shows: the answer to its query or question, over the reader's range, project and values.
import { useQuery } from '@tanstack/react-query';
import { runQuery } from '../../api/console';
import { ApiError, isForbidden } from '../../api/errors';
import { statsQuery } from '../../api/events';
import { insightsQuery } from '../../api/insights';
import { useTexts } from '../../i18n/catalogue';
import type { Answer } from '../../sql/columns';
import { builtIn, fill, namesIn } from '../../sql/variables';
import type { Params } from './params';
import { type ColumnKey, QUESTIONS, answerOf } from './questions';
import type { Widget } from './report';
import { studioTexts } from './texts';

export interface Found {
  answer: Answer | undefined;
  error: unknown;
  /** Placeholders without a value. */
  missing: readonly string[];
  /** Nothing is asked, since the reader may not. */
  refused: boolean;
  truncated: boolean;
  retry: () => void;
}

const ENTRIES = 10;
/** All places of the console may be taken for a moment. */
const TRIES = 6;

export function useAnswer(widget: Widget, params: Params): Found {
  const t = useTexts(studioTexts);
  const { filters, project, values, mayAsk } = params;
  const question = widget.question && QUESTIONS[widget.question];
  const sql = question === undefined && widget.viz !== 'text' ? (widget.sql ?? '') : '';
  const known = { ...builtIn(filters, project, 0), ...values };
  const missing = namesIn(sql).filter((name) => known[name] === undefined);
  const asks = sql.trim() !== '' && mayAsk && missing.length === 0;
  const stats = useQuery({
    ...statsQuery(filters),
    enabled: question?.from === 'stats',
    refetchInterval: false,
  });
  const insights = useQuery({
    ...insightsQuery(filters, ENTRIES),
    enabled: question?.from === 'insights',
  });
  const { range, from, to } = filters;
  const asked = useQuery({
    queryKey: ['report-query', sql, project, { range, from, to }, values],
    queryFn: ({ signal }) => {
      // A relative range is told when it is asked, so that a refresh moves on.
      const all = { ...builtIn(filters, project, Date.now()), ...values };
      return runQuery(fill(sql, all).sql, project, signal);
    },
    enabled: asks,
    staleTime: 60_000,
    retry: (tries, error) => error instanceof ApiError && error.status === 429 && tries < TRIES,
    retryDelay: (_, error) =>
      1_000 * (error instanceof ApiError ? (error.retryAfterSeconds ?? 5) : 5),
  });
  const nothing = { missing: [], refused: false, truncated: false };
  if (widget.question !== undefined && question !== undefined) {
    const query = question.from === 'stats' ? stats : insights;
    const data = { stats: stats.data, insights: insights.data };
    return {
      ...nothing,
      answer: answerOf(widget.question, data, (key: ColumnKey) => t(`column_${key}`)),
      error: query.data === undefined ? query.error : null,
      retry: () => void query.refetch(),
    };
  }
  return {
    answer: asked.data,
    error: asked.data === undefined ? asked.error : null,
    missing: mayAsk ? missing : [],
    refused: sql.trim() !== '' && (!mayAsk || isForbidden(asked.error)),
    truncated: asked.data?.truncated ?? false,
    retry: () => void asked.refetch(),
  };
}
