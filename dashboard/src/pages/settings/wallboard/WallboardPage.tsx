import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Project } from '../../../api/model';
import { type Screen, revokeScreen, screensQuery } from '../../../api/screens';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { Ago, Time } from '../../../ui/Time';
import { useNow } from '../../../ui/useNow';
import { Destroy } from '../Destroy';
import { Make } from '../Make';
import { OfProject } from '../OfProject';
import { NewScreen } from './NewScreen';
import { screenState } from './screenState';
import { wallboardTexts } from './texts';
import './wallboard.css';

/** A screen of all projects has none. */
const EVERY = '';

export function WallboardPage() {
  const t = useTexts(wallboardTexts);
  return (
    <OfProject
      title={t('title')}
      lead={t('lead')}
      action={(project, { manageProject }) =>
        manageProject && (
          <Make text={t('make')} icon="screen">
            {(onClose) => <NewScreen project={project} onClose={onClose} />}
          </Make>
        )
      }
    >
      {(project, { manageProject }) => <Screens project={project} mayChange={manageProject} />}
    </OfProject>
  );
}

function Screens({ project, mayChange }: { project: Project; mayChange: boolean }) {
  const t = useTexts(wallboardTexts);
  const screens = useQuery(screensQuery);
  const [revoking, setRevoking] = useState<Screen>();
  return (
    <>
      <DataTable
        label={t('title')}
        columns={useColumns(mayChange, setRevoking)}
        rows={screens.data?.filter(
          ({ project_id: shows }) => shows === project.id || shows === EVERY,
        )}
        rowKey={({ id }) => id}
        error={screens.error}
        onRetry={() => void screens.refetch()}
        empty={
          <Empty title={t('emptyTitle')}>
            <p>{t(mayChange ? 'emptyHelp' : 'emptyRead')}</p>
          </Empty>
        }
      />
      {revoking !== undefined && (
        <Destroy
          title={t('revokeTitle', { name: revoking.name })}
          action={t('revokeDo')}
          keep={t('revokeKeep')}
          typed={revoking.name}
          act={() => revokeScreen(revoking.id)}
          list={screensQuery.queryKey}
          done={t('revoked', { name: revoking.name })}
          onClose={() => setRevoking(undefined)}
        >
          <p>{t('revokeHelp')}</p>
        </Destroy>
      )}
    </>
  );
}

function useColumns(
  mayChange: boolean,
  onRevoke: (screen: Screen) => void,
): readonly Column<Screen>[] {
  const t = useTexts(wallboardTexts);
  const now = useNow(10_000);
  const { ownInstance } = useRights();
  return [
    {
      id: 'name',
      head: t('name'),
      cell: ({ name, project_id: shows }) => (
        <>
          <span className="cell-name">{name}</span>
          <span className="cell-note">{t(shows === EVERY ? 'showsAll' : 'showsOne')}</span>
        </>
      ),
      sort: ({ name }) => name,
    },
    {
      id: 'state',
      head: t('state'),
      cell: (screen) => {
        const { name, tone } = screenState(screen, now);
        return <Badge tone={tone}>{t(`state_${name}`)}</Badge>;
      },
      sort: (screen) => screenState(screen, now).name,
    },
    {
      id: 'used',
      head: t('used'),
      cell: ({ last_used_at: at }) => (at === null ? t('notYet') : <Ago value={at} now={now} />),
      sort: ({ last_used_at }) => last_used_at ?? undefined,
    },
    {
      id: 'created',
      head: t('created'),
      cell: ({ created_at }) => <Time value={created_at} />,
      sort: ({ created_at }) => created_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (screen) =>
        (screen.project_id === EVERY ? ownInstance : mayChange) && (
          <Button
            look="quiet"
            aria-label={t('revokeNamed', { name: screen.name })}
            onClick={() => onRevoke(screen)}
          >
            {t('revoke')}
          </Button>
        ),
    },
  ];
}
