import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type EventSession, eventSessionsQuery } from '../../api/eventSessions';
import { projectsQuery } from '../../api/projects';
import { FilteredHead } from '../../filters/FilteredHead';
import { NothingFound } from '../../filters/NothingFound';
import { type Filters, filtersOf } from '../../filters/search';
import { count, duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Badge } from '../../ui/Badge';
import { type Column, DataTable } from '../../ui/DataTable';
import { Time } from '../../ui/Time';
import { sessionsTexts } from './texts';
import './sessions.css';

export function SessionsPage() {
  const t = useTexts(sessionsTexts);
  const search = useSearch({ from: '/shell/sessions' });
  const navigate = useNavigate({ from: '/sessions' });
  const filters = useMemo(() => filtersOf(search), [search]);
  const sessions = useInfiniteQuery(eventSessionsQuery(filters));
  const rows = useMemo(() => sessions.data?.pages.flatMap(({ data }) => data), [sessions.data]);
  const naming = useQuery(projectsQuery).isPending;
  const columns = useColumns(filters);

  function change(part: Filters) {
    void navigate({ search: (previous) => ({ ...previous, ...part }) });
  }

  return (
    <div className="page">
      <FilteredHead
        title={t('title')}
        lead={t('lead')}
        filters={filters}
        fields={['service', 'environment', 'identifier', 'class']}
        words
        onChange={change}
      />
      <DataTable
        label={t('list')}
        columns={columns}
        // Whether a column names the project shows with the projects.
        rows={naming ? undefined : rows}
        rowKey={(row) => `${row.project_id} ${row.session_id}`}
        empty={
          <NothingFound
            title={t('emptyTitle')}
            help={t('emptyHelp')}
            filters={filters}
            wider="7d"
            onChange={change}
          />
        }
        error={sessions.error}
        onRetry={() => void sessions.refetch()}
        more={sessions}
      />
    </div>
  );
}

function useColumns(filters: Filters): Column<EventSession>[] {
  const t = useTexts(sessionsTexts);
  const { data: projects = [] } = useQuery(projectsQuery);
  const several = filters.project === undefined && projects.length > 1;
  return [
    {
      id: 'user',
      head: t('user'),
      cell: (row) => (
        <Link
          to="/sessions/timeline"
          search={{ ...filters, id: row.session_id, of: row.project_id }}
        >
          {row.identifier || t('nobody')}
        </Link>
      ),
    },
    { id: 'service', head: t('service'), cell: (row) => row.service_name },
    ...(several
      ? [
          {
            id: 'project',
            head: t('project'),
            cell: (row: EventSession) =>
              projects.find(({ id }) => id === row.project_id)?.name ?? row.project_id,
          },
        ]
      : []),
    {
      id: 'kind',
      head: t('kind'),
      cell: (row) => <Badge>{t(`kind_${row.kind}`)}</Badge>,
    },
    { id: 'began', head: t('began'), cell: (row) => <Time value={row.session_start} /> },
    {
      id: 'length',
      head: t('length'),
      number: true,
      cell: (row) =>
        row.duration_seconds === 0 ? t('moment') : duration(row.duration_seconds * 1_000),
    },
    { id: 'events', head: t('events'), number: true, cell: (row) => count(row.event_count) },
  ];
}
