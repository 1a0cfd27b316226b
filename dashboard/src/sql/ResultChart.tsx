import { useMemo } from 'react';
import { Bars } from '../charts/Bars';
import { Donut } from '../charts/Donut';
import { TimeChart } from '../charts/TimeChart';
import type { ChartTone } from '../charts/series';
import { decimal, short } from '../format/numbers';
import { useTexts } from '../i18n/catalogue';
import { type ChartChoice, bars, shares, timePoints } from './chart';
import { type Answer, isNumeric, columnsOf } from './columns';
import { sqlTexts } from './texts';
import './sql.css';

const TONES: readonly ChartTone[] = ['a', 'b', 'c', 'd', 'info', 'neutral'];

interface Props {
  title: string;
  answer: Answer;
  choice: ChartChoice;
  height?: number;
}

const number = (value: number) => decimal(value, 3);

/** An answer as a chart. What did not fit is said, never left out silently. */
export function ResultChart({ title, answer, choice, height = 220 }: Props) {
  const t = useTexts(sqlTexts);
  if (choice.kind === 'line' || choice.kind === 'columns') {
    return <OverTime title={title} answer={answer} choice={choice} height={height} />;
  }
  const value = answer.columns[choice.values[0] ?? 0] ?? '';
  if (choice.kind === 'pie') {
    const parts = shares(answer, choice, t('rest')).map((part, index) => ({
      ...part,
      tone: TONES[index] ?? 'neutral',
    }));
    if (parts.length === 0) return <p className="result-note">{t('nothingToDraw')}</p>;
    return (
      <div className="result-pie">
        <Donut label={`${title}: ${value}`} shares={parts} format={number} />
      </div>
    );
  }
  const shown = bars(answer, choice);
  return (
    <div className="result-bars">
      <Bars
        label={`${title}: ${value}`}
        format={number}
        bars={shown.bars.map(({ name, value: size }, index) => ({
          key: `${index} ${name}`,
          label: <span title={name}>{name === '' ? t('emptyText') : name}</span>,
          value: size,
          tone: 'a',
        }))}
      />
      {shown.left > 0 && <p className="result-note">{t('moreBars', { count: shown.left })}</p>}
    </div>
  );
}

function OverTime({ title, answer, choice, height = 220 }: Props) {
  const t = useTexts(sqlTexts);
  const points = useMemo(() => timePoints(answer, choice), [answer, choice]);
  const whole = useMemo(() => {
    const columns = columnsOf(answer).filter(isNumeric);
    return choice.values.every(
      (at) => columns.find(({ index }) => index === at)?.kind === 'integer',
    );
  }, [answer, choice]);
  return (
    <>
      <TimeChart
        title={title}
        times={points.times}
        step={points.step}
        kind={choice.kind === 'line' ? 'lines' : 'bars'}
        series={points.series.map(({ name, values }, index) => ({
          name: name === '' ? t('emptyText') : name,
          values,
          tone: TONES[index] ?? 'neutral',
        }))}
        format={number}
        axisFormat={short}
        whole={whole}
        height={height}
      />
      {points.left > 0 && <p className="result-note">{t('moreSeries', { count: points.left })}</p>}
    </>
  );
}
