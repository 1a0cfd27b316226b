import type { AnomalyRule } from '../../api/anomalies';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { type Column, DataTable } from '../../ui/DataTable';
import { Switch } from '../../ui/Field';
import { Empty } from '../../ui/Notice';
import { anomaliesTexts } from './texts';
import { useRuleActions } from './useRuleActions';
import { whenOf } from './words';

interface Props {
  projectId: string;
  rules: readonly AnomalyRule[] | undefined;
  error: unknown;
  onRetry: () => void;
  mayChange: boolean;
  onEdit: (rule: AnomalyRule) => void;
}

export function RuleTable({ projectId, rules, error, onRetry, mayChange, onEdit }: Props) {
  const t = useTexts(anomaliesTexts);
  const { setActive, remove } = useRuleActions(projectId);
  const scope = (rule: AnomalyRule) =>
    [rule.service_name, rule.environment].filter(Boolean).join(' · ') || t('everywhere');
  const name = (rule: AnomalyRule) => `${t(`kind_${rule.rule_type}`)}, ${scope(rule)}`;
  const columns: Column<AnomalyRule>[] = [
    {
      id: 'rule',
      head: t('rule'),
      cell: (row) => (
        <span className="incident-what">
          {t(`kind_${row.rule_type}`)}
          <span className="muted">{scope(row)}</span>
        </span>
      ),
    },
    {
      id: 'fires',
      head: t('fires'),
      cell: (row) => <span className="rule-when">{whenOf(row)}</span>,
    },
    {
      id: 'cooldown',
      head: t('cooldown'),
      number: true,
      cell: (row) => duration(row.cooldown_seconds * 1_000),
    },
    {
      id: 'active',
      head: t('active'),
      cell: (row) => (
        <Switch
          label={t('activeOf', { rule: name(row) })}
          quiet
          checked={row.active}
          disabled={!mayChange}
          onChange={(active) => setActive(row, active)}
        />
      ),
    },
    ...(mayChange
      ? [
          {
            id: 'actions',
            head: t('actions'),
            actions: true,
            cell: (row: AnomalyRule) => (
              <>
                <Button
                  look="quiet"
                  aria-label={t('editOf', { rule: name(row) })}
                  onClick={() => onEdit(row)}
                >
                  {t('edit')}
                </Button>
                <Button
                  look="quiet"
                  aria-label={t('deleteOf', { rule: name(row) })}
                  onClick={() => remove(row)}
                >
                  {t('delete')}
                </Button>
              </>
            ),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      label={t('ruleList')}
      columns={columns}
      rows={rules}
      rowKey={(row) => row.id}
      error={error}
      onRetry={onRetry}
      empty={
        <Empty title={t('rulesEmptyTitle')}>
          <p>{t('rulesEmptyHelp')}</p>
        </Empty>
      }
    />
  );
}
