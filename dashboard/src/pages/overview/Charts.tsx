import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Stats } from '../../api/model';
import { type Bar, fillBuckets } from '../../charts/buckets';
import type { Scope } from '../../filters/search';
import { type Range, between, bounds } from '../../time/range';
import { ErrorRate } from './ErrorRate';
import { Volume } from './Volume';

interface Props {
  stats: Stats;
  scope: Scope;
  onZoom: (range: Range) => void;
}

/** How much happened, and how much of it failed. A stretch of either becomes the range everywhere. */
export function Charts({ stats, scope, onZoom }: Props) {
  const navigate = useNavigate();
  const bars = useMemo(() => barsOf(stats, scope), [stats, scope]);
  const step = stats.interval_seconds * 1_000;
  const zoom = (from: number, to: number) => onZoom(between(from, to));
  return (
    <>
      <Volume
        bars={bars}
        step={step}
        onZoom={zoom}
        onOpen={(from, to) =>
          void navigate({ to: '/events', search: { ...scope, ...between(from, to) } })
        }
      />
      <ErrorRate bars={bars} step={step} onZoom={zoom} />
    </>
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
