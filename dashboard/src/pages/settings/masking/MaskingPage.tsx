import { useQuery } from '@tanstack/react-query';
import { maskingQuery } from '../../../api/masking';
import type { Project } from '../../../api/model';
import { usersQuery } from '../../../api/users';
import { useTexts } from '../../../i18n/catalogue';
import { Empty, ErrorNotice } from '../../../ui/Notice';
import { Skeleton } from '../../../ui/Skeleton';
import { Time } from '../../../ui/Time';
import { OfProject } from '../OfProject';
import { Editor } from './Editor';
import { RuleList } from './RuleList';
import { maskingTexts } from './texts';
import './masking.css';

export function MaskingPage() {
  const t = useTexts(maskingTexts);
  return (
    <OfProject title={t('title')} lead={t('lead')}>
      {(project, { seeProject, manageProject }) =>
        seeProject ? (
          <Rules project={project} mayChange={manageProject} />
        ) : (
          <Empty title={t('closed')}>
            <p>{t('closedHelp')}</p>
          </Empty>
        )
      }
    </OfProject>
  );
}

function Rules({ project, mayChange }: { project: Project; mayChange: boolean }) {
  const t = useTexts(maskingTexts);
  const rules = useQuery(maskingQuery(project.id));
  if (rules.data === undefined) {
    return rules.isError ? (
      <ErrorNotice error={rules.error} onRetry={() => void rules.refetch()} />
    ) : (
      <Skeleton shape="lines" />
    );
  }
  const { version, changed_at: changedAt, changed_by: changedBy } = rules.data;
  return (
    <>
      <details className="settings-more mask-always">
        <summary>{t('always')}</summary>
        <p>{t('alwaysWhat')}</p>
      </details>
      {mayChange ? (
        <Editor projectId={project.id} saved={rules.data} />
      ) : (
        <RuleList rules={rules.data.rules} />
      )}
      {changedAt !== null && (
        <p className="muted mask-version">
          {t('version', { version: String(version) })} <Time value={changedAt} />
          {changedBy !== null && <By user={changedBy} />}
        </p>
      )}
    </>
  );
}

/** The name of who made the rules, once it is known. */
function By({ user }: { user: string }) {
  const t = useTexts(maskingTexts);
  const users = useQuery(usersQuery);
  const name = users.data?.find(({ id }) => id === user)?.name;
  return name === undefined ? null : <> {t('by', { name })}</>;
}
