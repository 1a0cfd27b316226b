// Rules and incidents in sentences.
import type { AnomalyIncident, AnomalyRule } from '../../api/anomalies';
import { decimal, duration } from '../../format/numbers';
import { endpointOf, number, text } from './related';
import { anomaliesTexts } from './texts';

/** When a rule of this kind fires, with its own figures. */
export function whenOf(
  rule: Pick<AnomalyRule, 'rule_type' | 'threshold' | 'window_seconds'>,
): string {
  const { t } = anomaliesTexts;
  const threshold = decimal(rule.threshold, 2);
  const window = duration(rule.window_seconds * 1_000);
  switch (rule.rule_type) {
    case 'volume_spike':
      return t('when_volume_spike', { threshold });
    case 'error_rate':
      return t('when_error_rate', { threshold, window });
    case 'error_rate_by_route':
      return t('when_error_rate_by_route', { threshold, window });
    case 'brute_force':
      return t('when_brute_force', { threshold, window });
    case 'mass_delete':
      return t('when_mass_delete', { threshold, window });
    case 'silent_service':
      return t('when_silent_service', { threshold: duration(rule.threshold * 60_000) });
  }
}

/** What was seen in the first minute. */
export function seenIn(
  incident: Pick<AnomalyIncident, 'rule_type' | 'details' | 'subject'>,
): string {
  const { t } = anomaliesTexts;
  const { details } = incident;
  const value = (name: string, digits = 0) => decimal(number(details, name) ?? 0, digits);
  switch (incident.rule_type) {
    case 'volume_spike':
      return t('seen_volume_spike', {
        now: value('current_rpm'),
        usual: value('baseline_rpm', 1),
      });
    case 'error_rate':
      return t('seen_error_rate', {
        share: value('error_rate_pct', 1),
        errors: value('error_count'),
        total: value('total_count'),
      });
    case 'error_rate_by_route': {
      const { method, path } = endpointOf(incident);
      return t('seen_error_rate_by_route', {
        share: value('error_rate', 1),
        errors: value('error_count'),
        total: value('total_requests'),
        endpoint: `${method} ${path}`.trim(),
      });
    }
    case 'brute_force':
      return t('seen_brute_force', {
        who: text(details, 'identifier'),
        number: value('fail_count'),
        window: duration((number(details, 'window_secs') ?? 0) * 1_000),
      });
    case 'mass_delete':
      return t('seen_mass_delete', {
        number: value('delete_count'),
        window: duration((number(details, 'window_secs') ?? 0) * 1_000),
      });
    case 'silent_service':
      return t('seen_silent_service', {
        time: duration((number(details, 'silent_minutes') ?? 0) * 60_000),
      });
  }
}
