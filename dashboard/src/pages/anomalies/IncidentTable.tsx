import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AnomalyIncident } from '../../api/anomalies';
import { projectsQuery } from '../../api/projects';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { type Column, DataTable } from '../../ui/DataTable';
import { Time } from '../../ui/Time';
import { lastedMs } from './related';
import { States } from './states';
import { anomaliesTexts } from './texts';
import { seenIn } from './words';

interface Props {
  incidents: readonly AnomalyIncident[];
  empty: ReactNode;
}

export function IncidentTable({ incidents, empty }: Props) {
  const t = useTexts(anomaliesTexts);
  const search = useSearch({ from: '/shell/anomalies' });
  const { data: projects = [] } = useQuery(projectsQuery);
  const several = search.project === undefined && projects.length > 1;
  const columns: Column<AnomalyIncident>[] = [
    {
      id: 'what',
      head: t('what'),
      cell: (row) => (
        <span className="incident-what">
          <Link to="/anomalies/incident" search={{ ...search, id: row.id }}>
            {t(`kind_${row.rule_type}`)}
          </Link>
          <span className="muted">{seenIn(row)}</span>
        </span>
      ),
    },
    {
      id: 'where',
      head: t('where'),
      cell: (row) => (
        <span className="incident-where">
          {row.service_name} <span className="muted">{row.environment}</span>
        </span>
      ),
      sort: (row) => row.service_name,
    },
    ...(several
      ? [
          {
            id: 'project',
            head: t('project'),
            cell: (row: AnomalyIncident) =>
              projects.find(({ id }) => id === row.project_id)?.name ?? row.project_id,
          },
        ]
      : []),
    { id: 'state', head: t('state'), cell: (row) => <States incident={row} /> },
    {
      id: 'started',
      head: t('started'),
      cell: (row) => <Time value={row.started_at} />,
      sort: (row) => row.started_at,
    },
    {
      id: 'lasted',
      head: t('lasted'),
      number: true,
      cell: (row) => duration(lastedMs(row)),
      sort: lastedMs,
    },
  ];
  return (
    <DataTable
      label={t('list')}
      columns={columns}
      rows={incidents}
      rowKey={(row) => row.id}
      empty={empty}
    />
  );
}
