import { useQuery } from '@tanstack/react-query';
import {
  type ProjectStorage,
  type StorageTier,
  type TableStorage,
  storageQuery,
} from '../../api/pipeline';
import { projectsQuery } from '../../api/projects';
import { Bars } from '../../charts/Bars';
import { bytes, count, decimal } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { DataTable } from '../../ui/DataTable';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Time } from '../../ui/Time';
import { pipelineTexts } from './texts';

const TIERS: readonly StorageTier[] = ['event', 'minute', 'hour', 'day'];

/** How much is stored, how finely, and of whom. */
export function Storage({ project }: { project: string | undefined }) {
  const t = useTexts(pipelineTexts);
  const storage = useQuery(storageQuery(project));
  const naming = useQuery(projectsQuery).isPending;
  if (storage.isPending || naming) return <Skeleton shape="chart" />;
  if (storage.isError && storage.data === undefined) {
    return <ErrorNotice error={storage.error} onRetry={() => void storage.refetch()} />;
  }
  const { tables, projects } = storage.data;
  return (
    <div className="pipeline-parts">
      {tables !== null && <Tiers tables={tables} />}
      {projects.length === 0 ? (
        <Empty title={t('nothingStored')}>
          <p>{t('nothingStoredHelp')}</p>
        </Empty>
      ) : (
        <Projects projects={projects} />
      )}
      {tables !== null && <Tables tables={tables} />}
    </div>
  );
}

function Tiers({ tables }: { tables: readonly TableStorage[] }) {
  const t = useTexts(pipelineTexts);
  const total = tables.reduce((sum, table) => sum + table.bytes, 0);
  const of = (tier: StorageTier) =>
    tables.filter((table) => table.tier === tier).reduce((sum, table) => sum + table.bytes, 0);
  return (
    <section className="panel" aria-labelledby="tiers">
      <header className="panel-head">
        <h2 id="tiers">{t('tiers')}</h2>
        <b className="number">{t('onDisk', { bytes: bytes(total) })}</b>
      </header>
      <Bars
        label={t('tiers')}
        total={total}
        format={bytes}
        bars={TIERS.map((tier) => ({
          key: tier,
          label: t(`tier_${tier}`),
          value: of(tier),
          tone: tier === 'event' ? 'good' : 'info',
        }))}
      />
    </section>
  );
}

function Projects({ projects }: { projects: readonly ProjectStorage[] }) {
  const t = useTexts(pipelineTexts);
  const { data: known = [] } = useQuery(projectsQuery);
  const nameOf = (row: ProjectStorage) =>
    known.find(({ id }) => id === row.project_id)?.name ?? row.project_id;
  return (
    <section aria-labelledby="stored-by-project">
      <h2 id="stored-by-project" className="pipeline-head">
        {t('byProject')}
      </h2>
      <DataTable
        label={t('storedByProject')}
        rows={projects}
        rowKey={(row) => row.project_id}
        empty={null}
        columns={[
          { id: 'project', head: t('project'), cell: nameOf, sort: nameOf },
          {
            id: 'rows',
            head: t('events'),
            number: true,
            cell: (row) => count(row.rows),
            sort: (row) => row.rows,
          },
          {
            id: 'bytes',
            head: t('bytesEstimated'),
            number: true,
            cell: (row) =>
              row.bytes_estimated === null
                ? '–'
                : t('about', { bytes: bytes(row.bytes_estimated) }),
            sort: (row) => row.bytes_estimated ?? undefined,
          },
          { id: 'oldest', head: t('oldestEvent'), cell: (row) => <Time value={row.oldest} /> },
          { id: 'newest', head: t('newestEvent'), cell: (row) => <Time value={row.newest} /> },
        ]}
      />
    </section>
  );
}

function Tables({ tables }: { tables: readonly TableStorage[] }) {
  const t = useTexts(pipelineTexts);
  return (
    <section aria-labelledby="tables">
      <h2 id="tables" className="pipeline-head">
        {t('tables')}
      </h2>
      <DataTable
        label={t('tables')}
        rows={tables}
        rowKey={(row) => row.table}
        empty={null}
        columns={[
          {
            id: 'table',
            head: t('table'),
            cell: (row) => <span className="mono">{row.table}</span>,
            sort: (row) => row.table,
          },
          {
            id: 'tier',
            head: t('tier'),
            cell: (row) => t(`tier_${row.tier}`),
            sort: (row) => TIERS.indexOf(row.tier),
          },
          {
            id: 'rows',
            head: t('rows'),
            number: true,
            cell: (row) => count(row.rows),
            sort: (row) => row.rows,
          },
          {
            id: 'bytes',
            head: t('diskBytes'),
            number: true,
            cell: (row) => bytes(row.bytes),
            sort: (row) => row.bytes,
          },
          {
            id: 'ratio',
            head: t('compressed'),
            number: true,
            cell: (row) =>
              row.bytes === 0 ? '–' : `${decimal(row.bytes_uncompressed / row.bytes, 1)} : 1`,
            sort: (row) => (row.bytes === 0 ? undefined : row.bytes_uncompressed / row.bytes),
          },
          {
            id: 'oldest',
            head: t('oldestTime'),
            cell: (row) => (row.oldest === null ? '–' : <Time value={row.oldest} />),
          },
          {
            id: 'newest',
            head: t('newestTime'),
            cell: (row) => (row.newest === null ? '–' : <Time value={row.newest} />),
          },
        ]}
      />
    </section>
  );
}
