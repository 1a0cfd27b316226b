import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Project } from '../../../api/model';
import { projectsQuery } from '../../../api/projects';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Icon } from '../../../ui/Icon';
import { Empty } from '../../../ui/Notice';
import { Time } from '../../../ui/Time';
import { usePageTitle } from '../../../ui/usePageTitle';
import { NewProject } from './NewProject';
import { projectsTexts } from './texts';

export function ProjectsPage() {
  const t = useTexts(projectsTexts);
  usePageTitle(t('title'));
  const projects = useQuery(projectsQuery);
  const { manageInstance } = useRights();
  const [creating, setCreating] = useState(false);
  const columns: readonly Column<Project>[] = [
    { id: 'name', head: t('name'), cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: 'slug',
      head: t('slug'),
      cell: ({ slug }) => <span className="mono">{slug}</span>,
      sort: ({ slug }) => slug,
    },
    {
      id: 'created',
      head: t('created'),
      cell: (project) => <Time value={project.created_at} />,
      sort: (project) => project.created_at,
    },
    {
      id: 'links',
      head: t('links'),
      actions: true,
      cell: ({ id }) => (
        <>
          <Link to="/events" search={{ project: id }}>
            {t('events')}
          </Link>
          <Link to="/settings/api-keys" search={{ project: id }}>
            {t('keys')}
          </Link>
        </>
      ),
    },
  ];

  return (
    <section aria-labelledby="projects-title">
      <header className="section-head">
        <div>
          <h2 id="projects-title">{t('title')}</h2>
          <p>{t('lead')}</p>
        </div>
        {manageInstance && (
          <Button look="primary" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            {t('create')}
          </Button>
        )}
      </header>
      <DataTable
        label={t('title')}
        columns={columns}
        rows={projects.data}
        rowKey={({ id }) => id}
        error={projects.error}
        onRetry={() => void projects.refetch()}
        empty={
          <Empty title={t('emptyTitle')}>
            <p>{manageInstance ? t('emptyCreate') : t('emptyAsk')}</p>
          </Empty>
        }
      />
      {creating && <NewProject onClose={() => setCreating(false)} />}
    </section>
  );
}
