import type { MaskingRule } from '../../../api/masking';
import { useTexts } from '../../../i18n/catalogue';
import { DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { type Draft, draftOf } from './rules';
import { maskingTexts } from './texts';

/** The rules for those who may not change them. */
export function RuleList({ rules }: { rules: readonly MaskingRule[] }) {
  const t = useTexts(maskingTexts);
  return (
    <DataTable<Draft>
      label={t('rules')}
      rows={rules.map(draftOf)}
      rowKey={({ id }) => String(id)}
      columns={[
        { id: 'text', head: t('what'), cell: ({ text }) => <code>{text}</code> },
        { id: 'kind', head: t('kind'), cell: ({ kind }) => t(`kind_${kind}`) },
        {
          id: 'redaction',
          head: t('redaction'),
          cell: ({ redaction }) => t(`redaction_${redaction}`),
        },
      ]}
      empty={
        <Empty title={t('emptyTitle')}>
          <p>{t('emptyRead')}</p>
        </Empty>
      }
    />
  );
}
