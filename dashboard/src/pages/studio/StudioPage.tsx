import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { projectsQuery } from '../../api/projects';
import { type Report, reportsQuery } from '../../api/reports';
import { useMayManage, useRights } from '../../auth/may';
import type { Scope } from '../../filters/search';
import { count } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Button } from '../../ui/Button';
import { type Column, DataTable } from '../../ui/DataTable';
import { Icon } from '../../ui/Icon';
import { Empty } from '../../ui/Notice';
import { Ago } from '../../ui/Time';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { NewReport } from './NewReport';
import { Remove } from './Remove';
import { readReport } from './report';
import { studioTexts } from './texts';
import { useCopy } from './useCopy';
import './studio.css';

export function StudioPage() {
  const t = useTexts(studioTexts);
  usePageTitle(t('title'));
  const search = useSearch({ from: '/shell/studio' });
  const { project } = search;
  const navigate = useNavigate();
  const rights = useRights(project);
  const mayManage = useMayManage();
  const { data: projects = [], isPending: naming } = useQuery(projectsQuery);
  const mayMake =
    project === undefined
      ? rights.ownInstance || projects.some(({ id }) => mayManage(id))
      : rights.manageProject;
  const reports = useQuery(reportsQuery(project));
  const [making, setMaking] = useState(false);
  const [removing, setRemoving] = useState<Report>();
  const make = mayMake && (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Icon name="plus" />
      {t('newReport')}
    </Button>
  );

  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{t('title')}</h1>
          <p className="muted">{t('lead')}</p>
        </div>
        {make}
      </header>
      <DataTable
        label={t('reports')}
        // A report is of a project, which has a name.
        rows={naming ? undefined : reports.data}
        rowKey={({ id }) => id}
        error={reports.error}
        onRetry={() => void reports.refetch()}
        empty={
          <Empty title={t('emptyTitle')}>
            <p>{mayMake ? t('emptyHelp') : t('emptyRead')}</p>
            {make}
          </Empty>
        }
        columns={useColumns(search, setRemoving)}
      />
      {making && (
        <NewReport
          project={project}
          ofAll={rights.ownInstance}
          onMade={({ id }) =>
            void navigate({
              to: '/studio/$reportId',
              params: { reportId: id },
              search: { ...search, edit: '1' },
            })
          }
          onClose={() => setMaking(false)}
        />
      )}
      {removing !== undefined && (
        <Remove
          report={removing}
          onDone={() => setRemoving(undefined)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </div>
  );
}

function useColumns(scope: Scope, onRemove: (report: Report) => void): Column<Report>[] {
  const t = useTexts(studioTexts);
  const common = useCommon();
  const now = useNow(30_000);
  const { data: projects } = useQuery(projectsQuery);
  const nameOf = (id: string) =>
    id === '' ? common('allProjects') : (projects?.find((each) => each.id === id)?.name ?? id);
  return [
    {
      id: 'name',
      head: t('name'),
      cell: ({ id, name }: Report) => (
        <Link to="/studio/$reportId" params={{ reportId: id }} search={scope} className="cell-name">
          {name}
        </Link>
      ),
      sort: ({ name }: Report) => name,
    },
    {
      id: 'project',
      head: common('project'),
      cell: ({ project_id }: Report) => nameOf(project_id),
      sort: ({ project_id }: Report) => nameOf(project_id),
    },
    {
      id: 'widgets',
      head: t('widgets'),
      number: true,
      cell: (report: Report) => count(readReport(report).widgets.length),
      sort: (report: Report) => readReport(report).widgets.length,
    },
    {
      id: 'changed',
      head: t('changed'),
      cell: ({ updated_at }: Report) => <Ago value={updated_at} now={now} />,
      sort: ({ updated_at }: Report) => updated_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (report: Report) => <Actions report={report} onRemove={onRemove} />,
    },
  ];
}

function Actions({ report, onRemove }: { report: Report; onRemove: (report: Report) => void }) {
  const t = useTexts(studioTexts);
  const ofAll = report.project_id === '';
  const rights = useRights(ofAll ? undefined : report.project_id);
  const copy = useCopy();
  if (!(ofAll ? rights.ownInstance : rights.manageProject)) return null;
  return (
    <>
      <Button
        look="quiet"
        aria-label={t('duplicateNamed', { name: report.name })}
        busy={copy.isPending}
        onClick={() => copy.mutate({ of: report, content: report })}
      >
        {t('duplicate')}
      </Button>
      <Button
        look="quiet"
        aria-label={t('removeNamed', { name: report.name })}
        onClick={() => onRemove(report)}
      >
        {t('remove')}
      </Button>
    </>
  );
}
