import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { DataTable } from '../../../ui/DataTable';
import { JsonTree } from '../../../ui/JsonTree';
import { Empty } from '../../../ui/Notice';
import type { Tried } from './Trial';
import { maskingTexts } from './texts';

/** Every place that would be masked, and the sample as it would be stored. */
export function TrialResult({ tried, stale }: { tried: Tried; stale: boolean }) {
  const t = useTexts(maskingTexts);
  const { changes, stored } = tried;
  return (
    <div className="mask-result">
      <p role="status">
        {t('found', { count: changes.length })} {stale && <Badge tone="warn">{t('stale')}</Badge>}
      </p>
      <DataTable<(typeof changes)[number]>
        label={t('result')}
        rows={changes}
        rowKey={({ path }) => path}
        columns={[
          {
            id: 'path',
            head: t('place'),
            cell: ({ path }) => <code className="cell-name">{path}</code>,
          },
          {
            id: 'sent',
            head: t('sent'),
            cell: ({ sent }) => <code className="mask-value">{sent}</code>,
          },
          {
            id: 'stored',
            head: t('stored'),
            cell: ({ stored: value }) => <code className="mask-value">{value}</code>,
          },
          {
            id: 'why',
            head: t('why'),
            cell: ({ always }) => (
              <Badge tone={always ? 'neutral' : 'info'}>{t(always ? 'byAlways' : 'byRules')}</Badge>
            ),
          },
        ]}
        empty={
          <Empty title={t('nothing')}>
            <p>{t('nothingHelp')}</p>
          </Empty>
        }
      />
      <details className="settings-more">
        <summary>{t('whole')}</summary>
        <div className="panel settings-card">
          <JsonTree label={t('whole')} value={stored} />
        </div>
      </details>
    </div>
  );
}
