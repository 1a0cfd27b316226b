import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import {
  type AnomalyIncident,
  type IncidentSeries,
  incidentSeriesQuery,
  rulesQuery,
} from '../../api/anomalies';
import { ApiError } from '../../api/errors';
import { TimeChart } from '../../charts/TimeChart';
import type { Series } from '../../charts/series';
import { count, decimal, duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { between } from '../../time/range';
import { Banner, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { curveOf } from './curve';
import { anomaliesTexts } from './texts';
import { seenIn, whenOf } from './words';

/** What was seen, what the rule says, and both in one chart. */
export function Why({ incident }: { incident: AnomalyIncident }) {
  const t = useTexts(anomaliesTexts);
  const series = useQuery(incidentSeriesQuery(incident.id));
  const rules = useQuery(rulesQuery(incident.project_id));
  const rule = rules.data?.find(({ id }) => id === incident.rule_id);
  const gone = series.error instanceof ApiError && series.error.status === 404;
  return (
    <section className="incident-why in-turn" aria-labelledby="why-title">
      <div className="panel incident-reason">
        <h2 id="why-title">{t('why')}</h2>
        <p className="incident-seen">{seenIn(incident)}</p>
        {rules.isPending && <Skeleton shape="lines" rows={1} />}
        {rule !== undefined && <p className="muted">{t('ruleNow', { when: whenOf(rule) })}</p>}
        {rules.isSuccess && rule === undefined && <p className="muted">{t('ruleGone')}</p>}
      </div>
      {series.isPending && <Skeleton shape="chart" />}
      {series.isError && !gone && (
        <ErrorNotice error={series.error} onRetry={() => void series.refetch()} />
      )}
      {(gone || series.data?.data.length === 0) && <Banner tone="info">{t('noSeries')}</Banner>}
      {series.data?.rule_changed === true && <Banner tone="info">{t('ruleChanged')}</Banner>}
      {series.data !== undefined && series.data.data.length > 0 && (
        <Chart incident={incident} series={series.data} />
      )}
    </section>
  );
}

const FORMATS: Record<IncidentSeries['unit'], (value: number) => string> = {
  events: (value) => decimal(value, 1),
  events_in_window: count,
  percent: (value) => `${decimal(value, 1)} %`,
  minutes: (value) => duration(value * 60_000),
};

/** Short enough for an axis. */
function axisMinutes(value: number): string {
  return value < 60 ? `${decimal(value, 0)} min` : `${decimal(value / 60, 1)} h`;
}

function Chart({ incident, series }: { incident: AnomalyIncident; series: IncidentSeries }) {
  const t = useTexts(anomaliesTexts);
  const navigate = useNavigate();
  const curve = useMemo(() => curveOf(series), [series]);
  const unit = t(`unit_${series.unit}`);
  const format = FORMATS[series.unit];
  const lines: Series[] = [
    { name: unit, tone: 'a', values: curve.outside },
    { name: t('during'), tone: 'bad', values: curve.inside },
    ...(curve.baseline === undefined
      ? []
      : [{ name: t('usual'), tone: 'neutral' as const, values: curve.baseline }]),
    ...(typeof curve.threshold === 'object'
      ? [{ name: t('threshold'), tone: 'warn' as const, values: curve.threshold }]
      : []),
  ];
  return (
    <TimeChart
      title={unit}
      times={curve.times}
      step={series.bucket_seconds * 1_000}
      series={lines}
      kind="lines"
      whole={series.unit !== 'percent'}
      format={format}
      axisFormat={series.unit === 'minutes' ? axisMinutes : format}
      height={240}
      {...(typeof curve.threshold === 'number'
        ? { thresholds: [{ name: t('threshold'), value: curve.threshold }] }
        : {})}
      onOpen={(from, to) =>
        void navigate({
          to: '/events',
          search: {
            project: incident.project_id,
            service: [incident.service_name],
            environment: [incident.environment],
            ...between(from, to),
          },
        })
      }
    />
  );
}
