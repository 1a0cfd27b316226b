// Pausing and deleting a rule: shown at once, taken back when the server refuses, undone on request.
import { useQueryClient } from '@tanstack/react-query';
import {
  type AnomalyRule,
  changeRule,
  createRule,
  deleteRule,
  rulesQuery,
} from '../../api/anomalies';
import { toast } from '../../ui/toast';
import { anomaliesTexts } from './texts';

export function useRuleActions() {
  const client = useQueryClient();
  const { t } = anomaliesTexts;

  /** Shows the list as it will be, does what makes it so, and asks what it is. */
  async function apply(
    rule: AnomalyRule,
    shown: (rules: readonly AnomalyRule[]) => AnomalyRule[],
    act: () => Promise<unknown>,
  ): Promise<boolean> {
    const { queryKey } = rulesQuery(rule.project_id);
    await client.cancelQueries({ queryKey });
    client.setQueryData(queryKey, (rules) => rules && shown(rules));
    try {
      await act();
      return true;
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { tone: 'bad' });
      return false;
    } finally {
      void client.invalidateQueries({ queryKey });
    }
  }

  async function setActive(rule: AnomalyRule, active: boolean) {
    const done = await apply(
      rule,
      (rules) => rules.map((each) => (each.id === rule.id ? { ...each, active } : each)),
      () => changeRule(rule.id, { active }),
    );
    if (done) toast(active ? t('resumed') : t('paused'));
  }

  async function remove(rule: AnomalyRule) {
    const done = await apply(
      rule,
      (rules) => rules.filter(({ id }) => id !== rule.id),
      () => deleteRule(rule.id),
    );
    if (done) toast(t('deleted'), { onUndo: () => void restore(rule) });
  }

  /** The same rule under a new id: what the old one found keeps pointing to the old one. */
  async function restore(rule: AnomalyRule) {
    const { project_id, rule_type, threshold, window_seconds, cooldown_seconds, active } = rule;
    const { service_name, environment } = rule;
    const again = { project_id, rule_type, threshold, window_seconds, cooldown_seconds, active };
    const done = await apply(
      rule,
      (rules) => [...rules],
      () => createRule({ ...again, service_name, environment }),
    );
    if (done) toast(t('restored'));
  }

  return {
    setActive: (rule: AnomalyRule, active: boolean) => void setActive(rule, active),
    remove: (rule: AnomalyRule) => void remove(rule),
  };
}
