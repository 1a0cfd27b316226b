// What sentinel found when it compared the log with what is stored, and what the processors found missing.
import { type UseQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type LossIncident, type Reconciliation, reconciliationsQuery } from '../../api/pipeline';
import { count } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { parseRaw } from '../../json/raw';
import { Badge } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { type Column, DataTable } from '../../ui/DataTable';
import { Dialog } from '../../ui/Dialog';
import { JsonTree } from '../../ui/JsonTree';
import { Empty } from '../../ui/Notice';
import { Time } from '../../ui/Time';
import { Losses } from './Losses';
import { type Outcome, outcomeOf } from './outcome';
import { pipelineTexts } from './texts';

const TONES: Record<Outcome, 'good' | 'info' | 'warn' | 'bad'> = {
  agrees: 'good',
  differs: 'bad',
  rollups: 'warn',
  waits: 'info',
  cut: 'warn',
};

export function Books({ losses }: { losses: UseQueryResult<LossIncident[]> }) {
  const t = useTexts(pipelineTexts);
  const { differing } = useSearch({ from: '/shell/pipeline' });
  const navigate = useNavigate({ from: '/pipeline' });
  const query = useInfiniteQuery(reconciliationsQuery(differing === 'yes' ? 'differing' : 'all'));
  const rows = useMemo(() => query.data?.pages.flat(), [query.data]);
  const [open, setOpen] = useState<Reconciliation>();
  const only = (yes: boolean) =>
    void navigate({
      search: (previous) => ({ ...previous, differing: yes ? ('yes' as const) : undefined }),
    });
  return (
    <div className="pipeline-parts in-turn">
      <section aria-labelledby="comparisons">
        <header className="pipeline-row">
          <h2 id="comparisons">{t('comparisons')}</h2>
          <Button aria-pressed={differing === 'yes'} onClick={() => only(differing !== 'yes')}>
            {t('onlyDiffering')}
          </Button>
        </header>
        <p className="muted pipeline-lead">{t('comparisonsHelp')}</p>
        <DataTable
          label={t('comparisons')}
          rows={rows}
          rowKey={(row) => row.from}
          error={query.error}
          onRetry={() => void query.refetch()}
          more={query}
          empty={
            <Empty title={differing === 'yes' ? t('noneDiffers') : t('noComparisons')}>
              <p>{differing === 'yes' ? t('noneDiffersHelp') : t('noComparisonsHelp')}</p>
              {differing === 'yes' && (
                <Button onClick={() => only(false)}>{t('allComparisons')}</Button>
              )}
            </Empty>
          }
          columns={useColumns(setOpen)}
        />
      </section>
      <Losses losses={losses} />
      {open !== undefined && <Findings comparison={open} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function useColumns(onOpen: (row: Reconciliation) => void): Column<Reconciliation>[] {
  const t = useTexts(pipelineTexts);
  const counted = (
    id: 'accepted' | 'stored' | 'dead_lettered' | 'repeats' | 'differing',
    head: string,
  ): Column<Reconciliation> => ({ id, head, number: true, cell: (row) => count(row[id]) });
  return [
    {
      id: 'range',
      head: t('received'),
      cell: (row) => (
        <>
          <Time value={row.from} /> – <Time value={row.to} />
        </>
      ),
    },
    {
      id: 'result',
      head: t('result'),
      cell: (row) => {
        const outcome = outcomeOf(row);
        return <Badge tone={TONES[outcome]}>{t(`outcome_${outcome}`)}</Badge>;
      },
    },
    counted('accepted', t('accepted')),
    counted('stored', t('stored')),
    counted('dead_lettered', t('deadLettered')),
    counted('repeats', t('repeated')),
    counted('differing', t('differing')),
    {
      id: 'rollups',
      head: t('rollups'),
      number: true,
      cell: (row) => (row.rollups_differing === null ? '–' : count(row.rollups_differing)),
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (row) =>
        Object.keys(row.findings).length > 0 && (
          <Button look="quiet" onClick={() => onOpen(row)}>
            {t('findings')}
          </Button>
        ),
    },
  ];
}

/** Which places differ, so that they can be looked up. */
function Findings({ comparison, onClose }: { comparison: Reconciliation; onClose: () => void }) {
  const t = useTexts(pipelineTexts);
  const value = useMemo(() => parseRaw(JSON.stringify(comparison.findings)), [comparison]);
  return (
    <Dialog title={t('findings')} look="drawer" onClose={onClose}>
      <p>
        <Time value={comparison.from} /> – <Time value={comparison.to} />
      </p>
      <p className="muted">{t('findingsHelp')}</p>
      <div className="json">
        <JsonTree label={t('findings')} value={value} />
      </div>
    </Dialog>
  );
}
