import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type AnomalyRule, rulesQuery } from '../../api/anomalies';
import { projectsQuery } from '../../api/projects';
import { useRights } from '../../auth/may';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { SelectField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { usePageTitle } from '../../ui/usePageTitle';
import { Frame } from './Frame';
import { NoProject } from './NoProject';
import { RuleForm } from './RuleForm';
import { RuleTable } from './RuleTable';
import { anomaliesTexts } from './texts';

export function RulesPage() {
  const t = useTexts(anomaliesTexts);
  usePageTitle(t('rules'));
  const { project } = useSearch({ from: '/shell/anomalies/rules' });
  const navigate = useNavigate({ from: '/anomalies/rules' });
  const projects = useQuery(projectsQuery);
  const chosen = projects.data?.find(({ id }) => id === project) ?? projects.data?.[0];
  const { manageProject } = useRights(chosen?.id);
  const [editing, setEditing] = useState<AnomalyRule | 'new'>();

  return (
    <Frame
      actions={
        chosen !== undefined &&
        manageProject && (
          <Button look="primary" onClick={() => setEditing('new')}>
            <Icon name="plus" />
            {t('newRule')}
          </Button>
        )
      }
    >
      {projects.isError && (
        <ErrorNotice error={projects.error} onRetry={() => void projects.refetch()} />
      )}
      {projects.isPending && <Skeleton shape="lines" />}
      {projects.data?.length === 0 && <NoProject />}
      {chosen !== undefined && (
        <>
          <div className="rules-head">
            <p className="muted">{t('rulesLead')}</p>
            <SelectField
              label={t('project')}
              value={chosen.id}
              onChange={(event) =>
                void navigate({
                  search: (previous) => ({ ...previous, project: event.target.value }),
                })
              }
            >
              {projects.data?.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </SelectField>
          </div>
          <Rules
            key={chosen.id}
            projectId={chosen.id}
            mayChange={manageProject}
            onEdit={setEditing}
          />
        </>
      )}
      {editing !== undefined && chosen !== undefined && (
        <RuleForm
          projectId={chosen.id}
          rule={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Frame>
  );
}

interface RulesProps {
  projectId: string;
  mayChange: boolean;
  onEdit: (rule: AnomalyRule) => void;
}

function Rules({ projectId, mayChange, onEdit }: RulesProps) {
  const rules = useQuery(rulesQuery(projectId));
  return (
    <RuleTable
      projectId={projectId}
      rules={rules.data}
      error={rules.error}
      onRetry={() => void rules.refetch()}
      mayChange={mayChange}
      onEdit={onEdit}
    />
  );
}
