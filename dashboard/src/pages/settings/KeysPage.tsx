import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { projectsQuery } from '../../api/projects';
import { keysQuery } from '../../api/keys';
import { Button } from '../../ui/Button';
import { SelectField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { usePageTitle } from '../../ui/usePageTitle';
import { KeyTable } from './KeyTable';
import { NewKey } from './NewKey';

export function KeysPage() {
  usePageTitle('API Keys');
  const { project } = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate({ from: '/settings/api-keys' });
  const projects = useQuery(projectsQuery);
  const [generating, setGenerating] = useState(false);
  const chosen = projects.data?.find(({ id }) => id === project) ?? projects.data?.[0];

  return (
    <section aria-labelledby="keys-title">
      <header className="section-head">
        <div>
          <h2 id="keys-title">API Keys</h2>
          <p>
            A service sends events with a key. Generate one for each, so that each can be revoked.
          </p>
        </div>
        {chosen !== undefined && (
          <Button look="primary" onClick={() => setGenerating(true)}>
            <Icon name="key" />
            Generate key
          </Button>
        )}
      </header>
      {projects.isError && (
        <ErrorNotice error={projects.error} onRetry={() => void projects.refetch()} />
      )}
      {projects.data?.length === 0 && (
        <Empty title="No project to generate a key for">
          <p>
            <Link to="/settings/projects">Create a project</Link> first.
          </p>
        </Empty>
      )}
      {chosen !== undefined && (
        <>
          <SelectField
            label="Project"
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
  if (keys.isError) return <ErrorNotice error={keys.error} onRetry={() => void keys.refetch()} />;
  if (keys.isPending) return <div className="skeleton" role="status" aria-label="Loading" />;
  if (keys.data.length === 0) {
    return (
      <Empty title="No keys yet">
        <p>Generate a key. It comes with a command that sends your first event.</p>
      </Empty>
    );
  }
  return <KeyTable keys={keys.data} projectId={projectId} />;
}
