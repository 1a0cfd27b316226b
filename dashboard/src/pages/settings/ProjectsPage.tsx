import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { projectsQuery } from '../../api/projects';
import { meQuery } from '../../api/session';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Time } from '../../ui/Time';
import { usePageTitle } from '../../ui/usePageTitle';
import { NewProject } from './NewProject';

export function ProjectsPage() {
  usePageTitle('Projects');
  const projects = useQuery(projectsQuery);
  const { data: me } = useQuery(meQuery);
  const [creating, setCreating] = useState(false);
  const mayCreate = me !== undefined && me.role !== 'viewer';

  return (
    <section aria-labelledby="projects-title">
      <header className="section-head">
        <div>
          <h2 id="projects-title">Projects</h2>
          <p>A project keeps the events of one product apart, with keys of its own.</p>
        </div>
        {mayCreate && (
          <Button look="primary" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            New project
          </Button>
        )}
      </header>
      {projects.isError && (
        <ErrorNotice error={projects.error} onRetry={() => void projects.refetch()} />
      )}
      {projects.isPending && <div className="skeleton" role="status" aria-label="Loading" />}
      {projects.data?.length === 0 && (
        <Empty title="No projects yet">
          <p>
            {mayCreate
              ? 'Create one, then generate an API key for it.'
              : 'Ask an owner to add you to a project.'}
          </p>
        </Empty>
      )}
      {projects.data !== undefined && projects.data.length > 0 && (
        <div className="panel table-scroll" tabIndex={0} role="region" aria-label="Projects">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Slug</th>
                <th scope="col">Created</th>
                <th scope="col">
                  <span className="visually-hidden">Links</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {projects.data.map((project) => (
                <tr key={project.id}>
                  <th scope="row">{project.name}</th>
                  <td className="mono">{project.slug}</td>
                  <td>
                    <Time value={project.created_at} />
                  </td>
                  <td className="row-actions">
                    <Link to="/events" search={{ project: project.id }}>
                      Events
                    </Link>
                    <Link to="/settings/api-keys" search={{ project: project.id }}>
                      Keys
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {creating && <NewProject onClose={() => setCreating(false)} />}
    </section>
  );
}
