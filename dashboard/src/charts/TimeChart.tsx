// A time series: stacked bars, lines or areas, with thresholds. Hover and arrow keys read values, a
// drag (or Shift and arrows) chooses a stretch to zoom into, and the same data is a table one click away.
// Drawn as SVG: uPlot (22 KB gzip, canvas) has no stacks, themes, keyboard or print of its own, which
// are most of this room.
import { type ReactNode, useId, useMemo, useState } from 'react';
import { axisLabel, bucketLabel } from '../format/time';
import { count, short } from '../format/numbers';
import { useCommon } from '../i18n/common';
import { BucketTime } from '../ui/Time';
import { ChartTable } from './ChartTable';
import { Legend } from './Legend';
import { Marks } from './Marks';
import { axisMarks, axisTop, highest } from './scale';
import type { Series, Threshold } from './series';
import { useCursor } from './useCursor';
import { useSize } from './useSize';
import './charts.css';

/** Before it is measured. */
const USUAL_PX = 600;

export interface TimeChartProps {
  title: string;
  /** The beginning of each point, in milliseconds, and how long a point is. */
  times: readonly number[];
  step: number;
  series: readonly Series[];
  kind?: 'bars' | 'lines' | 'area';
  /** Of bars and areas: whether series lie on each other. They do unless told. */
  stacked?: boolean;
  thresholds?: readonly Threshold[];
  /** Told with the values and in the table, and not drawn: what a stack adds up to, for example. */
  beside?: readonly Series[];
  /** How values are written; counts unless told. */
  format?: (value: number) => string;
  axisFormat?: (value: number) => string;
  /** Whether values are counts, whose axis has no fractions. */
  whole?: boolean;
  height?: number;
  /** Chooses a stretch of time. Without it the chart is only read. */
  onZoom?: (from: number, to: number) => void;
  /** Enter or a click on one point. */
  onOpen?: (from: number, to: number) => void;
  actions?: ReactNode;
}

export function TimeChart(props: TimeChartProps) {
  const { title, times, step, series, kind = 'bars', height = 180, actions } = props;
  const { thresholds = [], format = count, axisFormat = short, whole = true } = props;
  const { beside = [] } = props;
  const stacked = (props.stacked ?? true) && kind !== 'lines';
  const t = useCommon();
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const { ref, width } = useSize();
  const cursor = useCursor({ times, step, onZoom: props.onZoom, onOpen: props.onOpen });
  const top = useMemo(
    () =>
      axisTop(
        Math.max(
          highest(
            series.map(({ values }) => values),
            stacked,
          ),
          ...thresholds.map(({ value }) => value),
        ),
        whole,
      ),
    [series, stacked, thresholds, whole],
  );
  const span = times.length * step;
  const marks = useMemo(() => {
    const labels = times.map((time) => axisLabel(time, span));
    const found = axisMarks(labels, width || USUAL_PX);
    // Each reaches to the next one, the first of all to where labels begin.
    return [0, ...found].map((from, index) => ({
      points: (found[index] ?? times.length) - from,
      label: index === 0 ? '' : labels[from],
    }));
  }, [times, span, width]);
  const at = cursor.at;
  const spoken = times.length === 0 ? t('chartNoData') : describe(at ?? times.length - 1);

  function describe(index: number): string {
    const values = [...beside, ...series].map(({ name, values: points }) => {
      const value = points[index];
      return `${name} ${value === undefined ? t('chartGap') : format(value)}`;
    });
    const when = times[index];
    return `${when === undefined ? '' : bucketLabel(when, step)}: ${values.join(', ')}`;
  }

  return (
    <section className="panel chart" aria-labelledby={`${id}-title`}>
      <header className="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <Legend
          beside={beside}
          series={series}
          thresholds={thresholds}
          at={at}
          when={at !== undefined && <BucketTime ms={times[at] ?? 0} step={step} />}
          format={format}
          line={kind === 'lines'}
        />
        <span className="chart-actions">
          {actions}
          <button type="button" className="link" onClick={() => setAsTable(!asTable)}>
            {asTable ? t('chartShow') : t('chartAsTable')}
          </button>
        </span>
      </header>
      {asTable ? (
        <ChartTable
          title={title}
          times={times}
          step={step}
          series={[...beside, ...series]}
          format={format}
        />
      ) : (
        <>
          <div className="chart-plot">
            <div className="chart-y" aria-hidden="true">
              <span>{axisFormat(top)}</span>
              <span>{axisFormat(top / 2)}</span>
              <span>{axisFormat(0)}</span>
            </div>
            <div
              ref={ref}
              className="chart-area"
              style={{ blockSize: height }}
              data-zooms={props.onZoom !== undefined || undefined}
              role="slider"
              tabIndex={0}
              aria-label={t(props.onZoom === undefined ? 'chartKeys' : 'chartKeysZoom', { title })}
              aria-valuemin={0}
              aria-valuemax={Math.max(0, times.length - 1)}
              aria-valuenow={at ?? Math.max(0, times.length - 1)}
              aria-valuetext={spoken}
              {...cursor.handlers}
            >
              <Marks
                id={id}
                width={width}
                height={height}
                top={top}
                kind={kind}
                stacked={stacked}
                series={series}
                points={times.length}
                thresholds={thresholds}
                at={at}
                brush={cursor.brush}
              />
            </div>
          </div>
          <div className="chart-x" aria-hidden="true">
            {marks.map(({ points, label }, index) => (
              <span key={index} style={{ flexGrow: points }}>
                {label}
              </span>
            ))}
          </div>
        </>
      )}
    </section>
  );
}
