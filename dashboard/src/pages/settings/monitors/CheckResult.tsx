import type { Check } from '../../../api/monitors';
import { duration } from '../../../format/numbers';
import { useTexts } from '../../../i18n/catalogue';
import { Banner } from '../../../ui/Notice';
import { monitorsTexts } from './texts';

/** What a look at the address saw just now. */
export function CheckResult({ check }: { check: Check }) {
  const t = useTexts(monitorsTexts);
  const up = check.status === 'up';
  return (
    <>
      <Banner tone={up ? 'info' : 'bad'}>
        {up ? t('testUp') : t('testDown', { why: check.error ?? '' })}
      </Banner>
      <dl className="facts">
        <dt>{t('statusCode')}</dt>
        <dd>{check.status_code ?? t('none')}</dd>
        <dt>{t('response')}</dt>
        <dd>{duration(check.response_ms)}</dd>
      </dl>
      <p className="muted">{t('testHelp')}</p>
    </>
  );
}
