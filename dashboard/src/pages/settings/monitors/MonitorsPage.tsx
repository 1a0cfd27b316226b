import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Monitor, Project } from '../../../api/model';
import { monitorsQuery } from '../../../api/monitors';
import { meQuery } from '../../../api/session';
import { useTexts } from '../../../i18n/catalogue';
import { Banner } from '../../../ui/Notice';
import { Make } from '../Make';
import { OfProject } from '../OfProject';
import { MonitorForm } from './MonitorForm';
import { MonitorTable } from './MonitorTable';
import { monitorsTexts } from './texts';
import './monitors.css';

export function MonitorsPage() {
  const t = useTexts(monitorsTexts);
  const [editing, setEditing] = useState<Monitor>();
  return (
    <OfProject
      title={t('title')}
      lead={t('lead')}
      action={(project, { manageProject }) => manageProject && <Add project={project} />}
    >
      {(project, { manageProject }) => (
        <>
          <MonitorTable project={project} mayChange={manageProject} onEdit={setEditing} />
          {manageProject && <Limit project={project} />}
          {editing?.project_id === project.id && (
            <MonitorForm
              project={project}
              monitor={editing}
              onClose={() => setEditing(undefined)}
            />
          )}
        </>
      )}
    </OfProject>
  );
}

/** How many monitors a project has, and may have. */
function useLimit(project: Project) {
  const monitors = useQuery(monitorsQuery(project.id));
  const { data: me } = useQuery(meQuery);
  const has = monitors.data?.length;
  const most = me?.features.monitors_per_project;
  return { has, most, full: has !== undefined && most !== undefined && has >= most };
}

function Add({ project }: { project: Project }) {
  const t = useTexts(monitorsTexts);
  const { full } = useLimit(project);
  return (
    <Make text={t('add')} disabled={full}>
      {(onClose) => <MonitorForm project={project} monitor={undefined} onClose={onClose} />}
    </Make>
  );
}

function Limit({ project }: { project: Project }) {
  const t = useTexts(monitorsTexts);
  const { has, most, full } = useLimit(project);
  if (has === undefined || most === undefined || has === 0) return null;
  return (
    <div className="section-note-after">
      {full ? (
        <Banner tone="info">{t('full', { count: most })}</Banner>
      ) : (
        <p className="muted">{t('ofMost', { has, most })}</p>
      )}
    </div>
  );
}
