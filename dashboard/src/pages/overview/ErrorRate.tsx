import { useMemo } from 'react';
import type { Bar } from '../../charts/buckets';
import { TimeChart } from '../../charts/TimeChart';
import type { Series } from '../../charts/series';
import { percent } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { overviewTexts } from './texts';

interface Props {
  bars: readonly Bar[];
  step: number;
  onZoom: (from: number, to: number) => void;
}

/** The share of errors over time. A bucket without events has no share, and leaves a gap. */
export function ErrorRate({ bars, step, onZoom }: Props) {
  const t = useTexts(overviewTexts);
  const times = useMemo(() => bars.map(({ start }) => start), [bars]);
  const series = useMemo<Series[]>(
    () => [
      { name: '4xx', tone: 'warn', values: bars.map((bar) => share(bar.errors4xx, bar.count)) },
      { name: '5xx', tone: 'bad', values: bars.map((bar) => share(bar.errors5xx, bar.count)) },
    ],
    [bars],
  );
  return (
    <TimeChart
      title={t('errorRate')}
      times={times}
      step={step}
      series={series}
      kind="lines"
      whole={false}
      height={120}
      format={(value) => percent(value, 100)}
      axisFormat={(value) => percent(value, 100)}
      onZoom={onZoom}
    />
  );
}

function share(errors: number, all: number): number | undefined {
  return all === 0 ? undefined : (errors / all) * 100;
}
