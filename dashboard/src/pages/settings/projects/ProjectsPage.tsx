import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Project } from '../../../api/model';
import { OWN_PROJECT, projectsQuery } from '../../../api/projects';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { Time } from '../../../ui/Time';
import { usePageTitle } from '../../../ui/usePageTitle';
import { Make } from '../Make';
import { SectionHead } from '../SectionHead';
import { Archive } from './Archive';
import { NewProject } from './NewProject';
import { ProjectActions } from './ProjectActions';
import { Rename } from './Rename';
import { projectsTexts } from './texts';

/** What is open for which project. */
export interface Open {
  what: 'rename' | 'archive';
  project: Project;
}

export function ProjectsPage() {
  const t = useTexts(projectsTexts);
  usePageTitle(t('title'));
  const projects = useQuery(projectsQuery);
  const { manageInstance } = useRights();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <section aria-label={t('title')}>
      <SectionHead title={t('title')} lead={t('lead')}>
        {manageInstance && (
          <Make text={t('create')}>{(onClose) => <NewProject onClose={onClose} />}</Make>
        )}
      </SectionHead>
      <DataTable
        label={t('title')}
        columns={useColumns(setOpen)}
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
      {open?.what === 'rename' && <Rename project={open.project} onClose={close} />}
      {open?.what === 'archive' && <Archive project={open.project} onClose={close} />}
    </section>
  );
}

function useColumns(onOpen: (open: Open) => void): readonly Column<Project>[] {
  const t = useTexts(projectsTexts);
  return [
    {
      id: 'name',
      head: t('name'),
      cell: (project) => (
        <>
          <span className="cell-name">
            {project.name}{' '}
            {project.archived_at !== null && <Badge icon="lock">{t('archived')}</Badge>}
          </span>
          {project.id === OWN_PROJECT && <span className="cell-note">{t('own')}</span>}
          {project.archived_at !== null && (
            <span className="cell-note">
              {t('archivedSince')} <Time value={project.archived_at} />
            </span>
          )}
        </>
      ),
      sort: ({ name }) => name,
    },
    {
      id: 'slug',
      head: t('slug'),
      cell: ({ slug }) => <span className="mono cell-name">{slug}</span>,
      sort: ({ slug }) => slug,
    },
    {
      id: 'created',
      head: t('created'),
      cell: (project) => <Time value={project.created_at} look="day" />,
      sort: (project) => project.created_at,
    },
    {
      id: 'links',
      head: t('links'),
      actions: true,
      cell: (project) => (
        <>
          <Link to="/events" search={{ project: project.id }}>
            {t('events')}
          </Link>
          <ProjectActions project={project} onOpen={onOpen} />
        </>
      ),
    },
  ];
}
