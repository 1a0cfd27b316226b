import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type AnomalyIncident,
  MOST_INCIDENTS,
  type Which,
  incidentsQuery,
} from '../../api/anomalies';
import { projectsQuery } from '../../api/projects';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Button } from '../../ui/Button';
import { Banner, Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { usePageTitle } from '../../ui/usePageTitle';
import { Frame } from './Frame';
import { IncidentTable } from './IncidentTable';
import { NoProject } from './NoProject';
import { STATES } from './search';
import { anomaliesTexts } from './texts';

/** So many of each project are shown at first, and so many more each time. */
const STEP = 100;

export function IncidentsPage() {
  const t = useTexts(anomaliesTexts);
  const common = useCommon();
  usePageTitle(t('title'));
  const { project, state = 'all' } = useSearch({ from: '/shell/anomalies' });
  const navigate = useNavigate({ from: '/anomalies' });
  const projects = useQuery(projectsQuery);
  const [limit, setLimit] = useState(STEP);
  const asked = project === undefined ? (projects.data ?? []).map(({ id }) => id) : [project];
  const { incidents, failed, failure, retry, more } = useIncidents(asked, state, limit);

  function show(which: Which) {
    setLimit(STEP);
    void navigate({
      search: (previous) => ({ ...previous, state: which === 'all' ? undefined : which }),
    });
  }

  return (
    <Frame
      actions={
        <div className="page-actions" role="group" aria-label={t('which')}>
          {STATES.map((which) => (
            <Button key={which} aria-pressed={which === state} onClick={() => show(which)}>
              {t(`which_${which}`)}
            </Button>
          ))}
        </div>
      }
    >
      {projects.isError && (
        <ErrorNotice error={projects.error} onRetry={() => void projects.refetch()} />
      )}
      {projects.data?.length === 0 && <NoProject />}
      {failed && incidents !== undefined && (
        <div className="banners">
          <Banner tone="warn">
            {t('partFailed')}{' '}
            <button type="button" className="link" onClick={retry}>
              {common('retry')}
            </button>
          </Banner>
        </div>
      )}
      {failed && incidents === undefined && <ErrorNotice error={failure} onRetry={retry} />}
      {!failed && incidents === undefined && projects.data?.length !== 0 && !projects.isError && (
        <Skeleton shape="lines" rows={8} />
      )}
      {incidents !== undefined && asked.length > 0 && (
        <IncidentTable
          incidents={incidents}
          empty={<Nothing which={state} project={project} onAll={() => show('all')} />}
        />
      )}
      {more && (
        <p className="table-foot">
          <Button onClick={() => setLimit(Math.min(MOST_INCIDENTS, limit + STEP))}>
            {t('more')}
          </Button>
        </p>
      )}
    </Frame>
  );
}

/** The incidents of all these projects in one list, the newest first. */
function useIncidents(projects: readonly string[], state: Which, limit: number) {
  const queries = useQueries({
    queries: projects.map((id) => incidentsQuery(id, state, limit)),
  });
  const known = queries.filter(({ data }) => data !== undefined);
  const bad = queries.filter(({ isError }) => isError);
  const settled = queries.every(({ isPending }) => !isPending);
  const all = known
    .flatMap(({ data }): AnomalyIncident[] => data ?? [])
    .sort((a, b) => b.started_at.localeCompare(a.started_at));
  return {
    incidents: settled && known.length > 0 ? all : undefined,
    failed: bad.length > 0,
    failure: bad[0]?.error,
    retry: () => bad.forEach((query) => void query.refetch()),
    more:
      limit < MOST_INCIDENTS &&
      queries.some(({ data }) => data !== undefined && data.length === limit),
  };
}

interface NothingProps {
  which: Which;
  project: string | undefined;
  onAll: () => void;
}

function Nothing({ which, project, onAll }: NothingProps) {
  const t = useTexts(anomaliesTexts);
  return (
    <Empty title={t('emptyTitle')}>
      <p>{which === 'all' ? t('emptyHelp') : t('emptyNarrowed')}</p>
      <div className="row-actions">
        {which !== 'all' && <Button onClick={onAll}>{t('showAll')}</Button>}
        <Link to="/anomalies/rules" search={{ project }} className="button">
          {t('toRules')}
        </Link>
      </div>
    </Empty>
  );
}
