import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Monitor } from '../../../api/model';
import { type Outage, checksQuery, uptimeQuery } from '../../../api/monitors';
import { TimeChart } from '../../../charts/TimeChart';
import { duration, percent, short } from '../../../format/numbers';
import { DAY_MS } from '../../../format/time';
import { useTexts } from '../../../i18n/catalogue';
import { type Preset, presetLabel } from '../../../time/range';
import { DataTable } from '../../../ui/DataTable';
import { Dialog } from '../../../ui/Dialog';
import { Empty, ErrorNotice } from '../../../ui/Notice';
import { Skeleton } from '../../../ui/Skeleton';
import { Time } from '../../../ui/Time';
import { useNow } from '../../../ui/useNow';
import { downByDay, responsesOf } from './history';
import { monitorsTexts } from './texts';

const RANGES = ['24h', '7d', '30d'] as const satisfies Preset[];
const DAYS = 30;

/** How an address did: its uptime, its answers, and when it was down. */
export function History({ monitor, onClose }: { monitor: Monitor; onClose: () => void }) {
  const t = useTexts(monitorsTexts);
  return (
    <Dialog title={t('historyTitle', { name: monitor.name })} look="wide" onClose={onClose}>
      <dl className="uptimes">
        {RANGES.map((range) => (
          <Share key={range} id={monitor.id} range={range} />
        ))}
      </dl>
      <ResponseChart id={monitor.id} />
      <Downtime id={monitor.id} />
    </Dialog>
  );
}

function Share({ id, range }: { id: string; range: Preset }) {
  const t = useTexts(monitorsTexts);
  const { data } = useQuery(uptimeQuery(id, range));
  return (
    <div className="panel uptime">
      <dt>{presetLabel(range)}</dt>
      <dd>
        {data !== undefined &&
          (data.uptime_percent === null
            ? t('nobodyLooked')
            : percent(data.up_seconds, data.up_seconds + data.down_seconds))}
      </dd>
      {data !== undefined && data.unknown_seconds >= 60 && (
        <dd className="muted">
          {t('unknownFor', { time: duration(data.unknown_seconds * 1_000) })}
        </dd>
      )}
    </div>
  );
}

function ResponseChart({ id }: { id: string }) {
  const t = useTexts(monitorsTexts);
  const checks = useQuery(checksQuery(id));
  const { times, step, up, down } = useMemo(() => responsesOf(checks.data ?? []), [checks.data]);
  if (checks.data === undefined) {
    return checks.isError ? (
      <ErrorNotice error={checks.error} onRetry={() => void checks.refetch()} />
    ) : (
      <Skeleton shape="chart" />
    );
  }
  if (checks.data.length === 0) {
    return (
      <Empty title={t('noChecks')}>
        <p>{t('noChecksHelp')}</p>
      </Empty>
    );
  }
  return (
    <TimeChart
      title={t('responses', { count: checks.data.length })}
      times={times}
      step={step}
      series={[
        { name: t('state_up'), tone: 'good', values: up },
        { name: t('state_down'), tone: 'bad', values: down },
      ]}
      format={duration}
      axisFormat={short}
      height={140}
    />
  );
}

function Downtime({ id }: { id: string }) {
  const t = useTexts(monitorsTexts);
  const now = useNow(60_000);
  const uptime = useQuery(uptimeQuery(id, '30d'));
  const outages = uptime.data?.outages;
  const { times, minutes } = useMemo(() => {
    const days = downByDay(outages ?? [], DAYS, now);
    // An axis of seconds would end at no round number of minutes.
    return { times: days.times, minutes: days.seconds.map((seconds) => seconds / 60) };
  }, [outages, now]);
  return (
    <>
      {outages !== undefined && outages.length > 0 && (
        <TimeChart
          title={t('downByDay')}
          times={times}
          step={DAY_MS}
          series={[{ name: t('state_down'), tone: 'bad', values: minutes }]}
          format={(value) => duration(Math.round(value * 60) * 1_000)}
          axisFormat={short}
          height={110}
        />
      )}
      <DataTable<Outage>
        label={t('outages')}
        rows={outages}
        rowKey={({ from }) => from}
        error={uptime.error}
        onRetry={() => void uptime.refetch()}
        columns={[
          { id: 'from', head: t('downFrom'), cell: ({ from }) => <Time value={from} /> },
          { id: 'to', head: t('downTo'), cell: ({ to }) => <Time value={to} /> },
          {
            id: 'length',
            head: t('downLength'),
            number: true,
            cell: ({ seconds }) => duration(seconds * 1_000),
          },
        ]}
        empty={
          <Empty title={t('noOutages')}>
            <p>{t('noOutagesHelp')}</p>
          </Empty>
        }
      />
    </>
  );
}
