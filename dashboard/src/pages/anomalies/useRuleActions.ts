// Pausing and deleting a rule: shown at once, taken back when the server refuses, undone on request.
import {
  type AnomalyRule,
  changeRule,
  createRule,
  deleteRule,
  rulesQuery,
} from '../../api/anomalies';
import { toast } from '../../ui/toast';
import { useShownChange } from '../../ui/useShownChange';
import { anomaliesTexts } from './texts';

export function useRuleActions(projectId: string) {
  const { t } = anomaliesTexts;
  const change = useShownChange<AnomalyRule>(rulesQuery(projectId).queryKey);

  const setActive = (rule: AnomalyRule, active: boolean) =>
    change({
      act: () => changeRule(rule.id, { active }),
      show: (now) => now.map((each) => (each.id === rule.id ? { ...each, active } : each)),
      done: () => toast(active ? t('resumed') : t('paused')),
    });

  /** The same rule under a new id: what the old one found keeps pointing to the old one. */
  function restore(rule: AnomalyRule) {
    const { project_id, rule_type, threshold, window_seconds, cooldown_seconds, active } = rule;
    const { service_name, environment, min_events } = rule;
    const again = { project_id, rule_type, threshold, window_seconds, cooldown_seconds, active };
    change({
      act: () => createRule({ ...again, min_events, service_name, environment }),
      show: (now) => now,
      done: () => toast(t('restored')),
    });
  }

  const remove = (rule: AnomalyRule) =>
    change({
      act: () => deleteRule(rule.id),
      show: (now) => now.filter(({ id }) => id !== rule.id),
      done: () => toast(t('deleted'), { onUndo: () => restore(rule) }),
    });

  return { setActive, remove };
}
