import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Stats } from '../../api/model';
import { TimeChart } from '../../charts/TimeChart';
import type { Series } from '../../charts/series';
import type { Scope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { type Range, between, bounds } from '../../time/range';
import { type Bar, fillBuckets } from '../../charts/buckets';
import { overviewTexts } from './texts';

interface Props {
  stats: Stats;
  scope: Scope;
  onZoom: (range: Range) => void;
}

/** Events over time by outcome. A stretch of it becomes the range, a bar leads to its events. */
export function Volume({ stats, scope, onZoom }: Props) {
  const t = useTexts(overviewTexts);
  const navigate = useNavigate();
  const bars = useMemo(() => barsOf(stats, scope), [stats, scope]);
  const times = useMemo(() => bars.map(({ start }) => start), [bars]);
  const series = useMemo<Series[]>(
    () => [
      {
        name: t('fine'),
        tone: 'good',
        values: bars.map((bar) => bar.count - bar.errors4xx - bar.errors5xx),
      },
      { name: '4xx', tone: 'warn', values: bars.map(({ errors4xx }) => errors4xx) },
      { name: '5xx', tone: 'bad', values: bars.map(({ errors5xx }) => errors5xx) },
    ],
    [bars, t],
  );
  return (
    <TimeChart
      title={t('volume')}
      times={times}
      step={stats.interval_seconds * 1_000}
      series={series}
      onZoom={(from, to) => onZoom(between(from, to))}
      onOpen={(from, to) =>
        void navigate({ to: '/events', search: { ...scope, ...between(from, to) } })
      }
    />
  );
}

function barsOf(stats: Stats, scope: Scope): Bar[] {
  const now = Date.now();
  const { start_date, end_date } = bounds(scope, now);
  return fillBuckets(stats.timeline, {
    intervalSeconds: stats.interval_seconds,
    from: start_date === undefined ? undefined : Date.parse(start_date),
    to: end_date === undefined ? now : Math.min(now, Date.parse(end_date)),
  });
}
