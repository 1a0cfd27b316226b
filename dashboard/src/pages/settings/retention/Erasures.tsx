import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Erasure, erasuresQuery } from '../../../api/keeping';
import type { Project } from '../../../api/model';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { Progress } from '../../../ui/Progress';
import { Time } from '../../../ui/Time';
import { Make } from '../Make';
import { SectionHead } from '../SectionHead';
import { Certificate } from './Certificate';
import { NewErasure } from './NewErasure';
import { retentionTexts } from './texts';

interface Props {
  project: Project;
  mayChange: boolean;
}

export function Erasures({ project, mayChange }: Props) {
  const t = useTexts(retentionTexts);
  const erasures = useQuery(erasuresQuery(project.id));
  const [shown, setShown] = useState<Erasure>();
  return (
    <section aria-label={t('erasures')}>
      <SectionHead title={t('erasures')} lead={t('erasuresLead')}>
        {mayChange && (
          <Make text={t('erase')} icon="trash" look="plain">
            {(onClose) => <NewErasure projectId={project.id} onClose={onClose} />}
          </Make>
        )}
      </SectionHead>
      <DataTable
        label={t('erasures')}
        columns={useColumns(setShown)}
        rows={erasures.data}
        rowKey={({ id }) => id}
        error={erasures.error}
        onRetry={() => void erasures.refetch()}
        empty={
          <Empty title={t('noErasures')}>
            <p>{t('noErasuresHelp')}</p>
          </Empty>
        }
      />
      {shown !== undefined && (
        <Certificate projectId={project.id} erasure={shown} onClose={() => setShown(undefined)} />
      )}
    </section>
  );
}

function useColumns(onShow: (erasure: Erasure) => void): readonly Column<Erasure>[] {
  const t = useTexts(retentionTexts);
  return [
    {
      id: 'reason',
      head: t('reason'),
      cell: ({ reason, field, subject_sha256 }) => (
        <>
          <span className="cell-name">{reason}</span>
          <span className="cell-note" title={subject_sha256}>
            {t(field === 'identifier' ? 'byIdentifier' : 'byEmail', {
              hash: subject_sha256.slice(0, 12),
            })}
          </span>
        </>
      ),
      sort: ({ reason }) => reason,
    },
    {
      id: 'state',
      head: t('state'),
      cell: ({ status }) =>
        status === 'done' ? (
          <Badge tone="good">{t('done')}</Badge>
        ) : (
          <Progress
            label={t(status === 'pending' ? 'pending' : 'running')}
            done={0}
            total={undefined}
          />
        ),
      sort: ({ status }) => status,
    },
    {
      id: 'asked',
      head: t('asked'),
      cell: ({ requested_at, requested_by }) => (
        <span>
          <Time value={requested_at} />
          <span className="cell-note">{t('by', { who: requested_by })}</span>
        </span>
      ),
      sort: ({ requested_at }) => requested_at,
    },
    {
      id: 'finished',
      head: t('finished'),
      cell: ({ finished_at: at }) => (at ? <Time value={at} /> : t('notYet')),
      sort: ({ finished_at }) => finished_at ?? undefined,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (erasure) =>
        erasure.status === 'done' && (
          <Button
            look="quiet"
            aria-label={t('certificateOf', { reason: erasure.reason })}
            onClick={() => onShow(erasure)}
          >
            {t('certificate')}
          </Button>
        ),
    },
  ];
}
