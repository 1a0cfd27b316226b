import { useMemo } from 'react';
import type { Bar } from '../../charts/buckets';
import { TimeChart } from '../../charts/TimeChart';
import type { Series } from '../../charts/series';
import { useTexts } from '../../i18n/catalogue';
import { overviewTexts } from './texts';

interface Props {
  bars: readonly Bar[];
  step: number;
  onZoom: (from: number, to: number) => void;
  onOpen: (from: number, to: number) => void;
}

/** Events over time by outcome. */
export function Volume({ bars, step, onZoom, onOpen }: Props) {
  const t = useTexts(overviewTexts);
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
      step={step}
      series={series}
      onZoom={onZoom}
      onOpen={onOpen}
    />
  );
}
