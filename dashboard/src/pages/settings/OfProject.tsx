// What every sub-page about one project begins with: its title, the choice of the project, and what to
// do while there is none.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import type { Project } from '../../api/model';
import { projectsQuery } from '../../api/projects';
import { type Rights, useRights } from '../../auth/may';
import { useTexts } from '../../i18n/catalogue';
import { SelectField } from '../../ui/Field';
import { Banner, Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { usePageTitle } from '../../ui/usePageTitle';
import { SectionHead } from './SectionHead';
import { settingsTexts } from './texts';

interface Props {
  title: string;
  lead: string;
  /** What is done here most: a button beside the title. */
  action?: (project: Project, rights: Rights) => ReactNode;
  /** The page of one project; it is mounted anew for another. */
  children: (project: Project, rights: Rights) => ReactNode;
}

export function OfProject({ title, lead, action, children }: Props) {
  const t = useTexts(settingsTexts);
  usePageTitle(title);
  const { project: wanted } = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate();
  const projects = useQuery(projectsQuery);
  const chosen = projects.data?.find(({ id }) => id === wanted) ?? projects.data?.[0];
  const rights = useRights(chosen?.id);

  return (
    <section aria-label={title}>
      <SectionHead title={title} lead={lead}>
        {chosen !== undefined && <Fragment key={chosen.id}>{action?.(chosen, rights)}</Fragment>}
      </SectionHead>
      {projects.isError && projects.data === undefined && (
        <ErrorNotice error={projects.error} onRetry={() => void projects.refetch()} />
      )}
      {projects.isPending && <Skeleton shape="lines" />}
      {projects.data?.length === 0 && <NoProject mayCreate={rights.manageInstance} />}
      {chosen !== undefined && (
        <>
          <div className="section-scope">
            <SelectField
              label={t('project')}
              value={chosen.id}
              onChange={({ target }) =>
                void navigate({ to: '.', search: { project: target.value } })
              }
            >
              {projects.data?.map(({ id, name, archived_at }) => (
                <option key={id} value={id}>
                  {archived_at === null ? name : `${name} ${t('archived')}`}
                </option>
              ))}
            </SelectField>
          </div>
          {chosen.archived_at !== null && (
            <div className="banners">
              <Banner tone="warn">{t('archivedBanner')}</Banner>
            </div>
          )}
          <div key={chosen.id} className="in-turn">
            {children(chosen, rights)}
          </div>
        </>
      )}
    </section>
  );
}

function NoProject({ mayCreate }: { mayCreate: boolean }) {
  const t = useTexts(settingsTexts);
  return (
    <Empty title={t('noProject')}>
      <p>{t(mayCreate ? 'noProjectCreate' : 'noProjectAsk')}</p>
      {mayCreate && <Link to="/settings/projects">{t('toProjects')}</Link>}
    </Empty>
  );
}
