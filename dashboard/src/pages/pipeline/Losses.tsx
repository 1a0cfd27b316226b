import type { UseQueryResult } from '@tanstack/react-query';
import type { LossIncident } from '../../api/pipeline';
import { count } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Badge } from '../../ui/Badge';
import { DataTable } from '../../ui/DataTable';
import { Time } from '../../ui/Time';
import { pipelineTexts } from './texts';

const KINDS = [
  'retention_cut',
  'offsets_missing',
  'offsets_expired',
  'topic_recreated',
  'rows_doubled',
  'rows_expired',
  'rollups_unverified',
] as const;

/** Records that Kafka no longer had, a topic made anew, offsets it forgot. */
export function Losses({ losses }: { losses: UseQueryResult<LossIncident[]> }) {
  const t = useTexts(pipelineTexts);
  /** Later versions may know more kinds: their name has to do. */
  const kindOf = (row: LossIncident) => {
    const known = KINDS.find((kind) => kind === row.kind);
    return known === undefined ? row.kind : t(`loss_${known}`);
  };
  return (
    <section aria-labelledby="losses">
      <h2 id="losses" className="pipeline-head">
        {t('losses')}
      </h2>
      <DataTable
        label={t('losses')}
        rows={losses.data}
        rowKey={(row) => `${row.detected_at} ${row.partition} ${row.first_offset} ${row.kind}`}
        error={losses.error}
        onRetry={() => void losses.refetch()}
        empty={
          <p className="panel pipeline-none">
            <Badge tone="good">{t('none')}</Badge> {t('noLosses')}
          </p>
        }
        columns={[
          { id: 'at', head: t('detected'), cell: (row) => <Time value={row.detected_at} /> },
          {
            id: 'kind',
            head: t('what'),
            cell: (row) => (
              <span className="pipeline-what">
                {kindOf(row)}
                <span className="cell-note">{row.detail}</span>
              </span>
            ),
          },
          {
            id: 'lost',
            head: t('lostAtMost'),
            number: true,
            cell: (row) =>
              row.lost > 0 ? <Badge tone="bad">{count(row.lost)}</Badge> : count(row.lost),
          },
          {
            id: 'place',
            head: t('place'),
            cell: (row) => (
              <span className="mono">
                {`${row.topic} ${row.partition}: ${row.first_offset}–${row.end_offset}`}
              </span>
            ),
          },
        ]}
      />
    </section>
  );
}
