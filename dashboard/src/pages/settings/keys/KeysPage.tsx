import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { projectsQuery } from '../../../api/projects';
import { keysQuery } from '../../../api/keys';
import { useTexts } from '../../../i18n/catalogue';
import { useRights } from '../../../auth/may';
import { Button } from '../../../ui/Button';
import { SelectField } from '../../../ui/Field';
import { Icon } from '../../../ui/Icon';
import { Empty, ErrorNotice } from '../../../ui/Notice';
import { usePageTitle } from '../../../ui/usePageTitle';
import { KeyTable } from './KeyTable';
import { NewKey } from './NewKey';
import { keysTexts } from './texts';

export function KeysPage() {
  const t = useTexts(keysTexts);
  usePageTitle(t('title'));
  const { project } = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate({ from: '/settings/api-keys' });
  const projects = useQuery(projectsQuery);
  const [generating, setGenerating] = useState(false);
  const chosen = projects.data?.find(({ id }) => id === project) ?? projects.data?.[0];

  const { manageProject } = useRights(chosen?.id);

  return (
    <section aria-labelledby="keys-title">
      <header className="section-head">
        <div>
          <h2 id="keys-title">{t('title')}</h2>
          <p>{t('lead')}</p>
        </div>
        {chosen !== undefined && manageProject && (
          <Button look="primary" onClick={() => setGenerating(true)}>
            <Icon name="key" />
            {t('generate')}
          </Button>
        )}
      </header>
      {projects.isError && (
        <ErrorNotice error={projects.error} onRetry={() => void projects.refetch()} />
      )}
      {projects.data?.length === 0 && (
        <Empty title={t('noProject')}>
          <p>
            {t('noProjectHelp')} <Link to="/settings/projects">{t('createProject')}</Link>
          </p>
        </Empty>
      )}
      {chosen !== undefined && (
        <>
          <SelectField
            label={t('project')}
            value={chosen.id}
            onChange={(event) => void navigate({ search: { project: event.target.value } })}
          >
            {projects.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
          <KeyList key={chosen.id} projectId={chosen.id} />
        </>
      )}
      {generating && chosen !== undefined && (
        <NewKey project={chosen} onClose={() => setGenerating(false)} />
      )}
    </section>
  );
}

function KeyList({ projectId }: { projectId: string }) {
  const keys = useQuery(keysQuery(projectId));
  return <KeyTable keys={keys} projectId={projectId} />;
}
