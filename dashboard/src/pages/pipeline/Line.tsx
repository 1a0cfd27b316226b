// What became of the events of each hour, by project, and what waits in Kafka.
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Partition, Pipeline, PipelineHours, ProjectCounts } from '../../api/pipeline';
import { projectsQuery } from '../../api/projects';
import { TimeChart } from '../../charts/TimeChart';
import type { Series } from '../../charts/series';
import { count, duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { between } from '../../time/range';
import { Badge } from '../../ui/Badge';
import { type Column, DataTable } from '../../ui/DataTable';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { HOUR_MS, hourSeries } from './hours';
import { pipelineTexts } from './texts';

interface Props {
  hours: UseQueryResult<PipelineHours>;
  /** Of those who may see it. */
  instance: NonNullable<Pipeline['instance']> | undefined;
  project: string | undefined;
}

export function Line({ hours, instance, project }: Props) {
  const t = useTexts(pipelineTexts);
  return (
    <div className="pipeline-parts in-turn" data-stale={hours.isPlaceholderData || undefined}>
      {hours.isError && <ErrorNotice error={hours.error} onRetry={() => void hours.refetch()} />}
      {hours.isPending && <Skeleton shape="chart" />}
      {hours.data !== undefined && hours.data.data.length === 0 && (
        <Empty title={t('noHoursTitle')}>
          <p>{hours.data.compared_until === null ? t('noHoursYet') : t('noHours')}</p>
        </Empty>
      )}
      {hours.data !== undefined && hours.data.data.length > 0 && (
        <>
          <Hours hours={hours.data} />
          {project === undefined && hours.data.projects.length > 1 && (
            <Projects projects={hours.data.projects} />
          )}
        </>
      )}
      {instance !== undefined && <Partitions partitions={instance.partitions} />}
    </div>
  );
}

function Hours({ hours }: { hours: PipelineHours }) {
  const t = useTexts(pipelineTexts);
  const navigate = useNavigate({ from: '/pipeline' });
  const found = useMemo(() => hourSeries(hours), [hours]);
  const some = (values: Series['values']) => values.some((value) => (value ?? 0) > 0);
  const series: Series[] = [
    { name: t('stored'), tone: 'good', values: found.stored },
    ...(some(found.repeated)
      ? [{ name: t('repeated'), tone: 'info' as const, values: found.repeated }]
      : []),
    ...(some(found.removed)
      ? [{ name: t('removed'), tone: 'neutral' as const, values: found.removed }]
      : []),
    { name: t('deadLettered'), tone: 'warn', values: found.deadLettered },
    { name: t('differing'), tone: 'bad', values: found.differing },
  ];
  return (
    <TimeChart
      title={t('hours')}
      times={found.times}
      step={HOUR_MS}
      series={series}
      beside={[
        { name: t('accepted'), tone: 'a', values: found.accepted },
        ...(found.masked === undefined
          ? []
          : [{ name: t('masked'), tone: 'b' as const, values: found.masked }]),
      ]}
      height={200}
      onZoom={(from, to) =>
        void navigate({ search: (previous) => ({ ...previous, ...between(from, to) }) })
      }
    />
  );
}

function Projects({ projects }: { projects: readonly ProjectCounts[] }) {
  const t = useTexts(pipelineTexts);
  const { data: known = [], isPending: naming } = useQuery(projectsQuery);
  const nameOf = (row: ProjectCounts) =>
    known.find(({ id }) => id === row.project_id)?.name ?? row.project_id;
  const counted = (
    id: 'accepted' | 'stored' | 'dead_lettered' | 'repeated' | 'removed',
    head: string,
  ): Column<ProjectCounts> => ({
    id,
    head,
    number: true,
    cell: (row) => count(row[id]),
    sort: (row) => row[id],
  });
  return (
    <section aria-labelledby="by-project">
      <h2 id="by-project" className="pipeline-head">
        {t('byProject')}
      </h2>
      <DataTable
        label={t('byProject')}
        rows={naming ? undefined : projects}
        rowKey={(row) => row.project_id}
        empty={null}
        initialSort={{ column: 'accepted', descending: true }}
        columns={[
          { id: 'project', head: t('project'), cell: nameOf, sort: nameOf },
          counted('accepted', t('accepted')),
          counted('stored', t('stored')),
          counted('dead_lettered', t('deadLettered')),
          counted('repeated', t('repeated')),
          counted('removed', t('removed')),
          {
            id: 'differing',
            head: t('differing'),
            number: true,
            cell: (row) =>
              row.differing === 0 ? (
                count(0)
              ) : (
                <Badge tone="bad">
                  {row.differing > 0
                    ? t('missingCount', { count: row.differing })
                    : t('surplusCount', { count: -row.differing })}
                </Badge>
              ),
            sort: (row) => Math.abs(row.differing),
          },
        ]}
      />
    </section>
  );
}

function Partitions({ partitions }: { partitions: readonly Partition[] }) {
  const t = useTexts(pipelineTexts);
  return (
    <section aria-labelledby="partitions">
      <h2 id="partitions" className="pipeline-head">
        {t('partitions')}
      </h2>
      <DataTable
        label={t('partitions')}
        rows={partitions}
        rowKey={(row) => String(row.partition)}
        empty={<p className="muted">{t('noPartitions')}</p>}
        columns={[
          {
            id: 'partition',
            head: t('partition'),
            cell: (row) => count(row.partition),
            sort: (row) => row.partition,
          },
          {
            id: 'waiting',
            head: t('waitingRecords'),
            number: true,
            cell: (row) => count(row.waiting_records),
            sort: (row) => row.waiting_records,
          },
          {
            id: 'lag',
            head: t('lag'),
            number: true,
            cell: (row) => duration(row.lag_seconds * 1_000),
            sort: (row) => row.lag_seconds,
          },
          {
            id: 'committed',
            head: t('committed'),
            number: true,
            cell: (row) => (row.committed_offset === null ? '–' : count(row.committed_offset)),
          },
          {
            id: 'end',
            head: t('endOffset'),
            number: true,
            cell: (row) => count(row.end_offset),
          },
          {
            id: 'first',
            head: t('firstOffset'),
            number: true,
            cell: (row) => count(row.first_offset),
          },
        ]}
      />
    </section>
  );
}
