import type { ChannelTest } from '../../../api/notifications';
import { useTexts } from '../../../i18n/catalogue';
import { Banner } from '../../../ui/Notice';
import { notificationsTexts } from './texts';

interface Props {
  result: ChannelTest;
  /** What to do about it, or to look at next. */
  help: string | undefined;
}

/** What became of a test. */
export function TestResult({ result, help }: Props) {
  const t = useTexts(notificationsTexts);
  const { ok, status_code: status, error, response } = result;
  return (
    <>
      <Banner tone={ok ? 'info' : 'bad'}>
        {t(ok ? 'taken' : 'notTaken')}
        {status !== undefined && ` ${t('answered', { status: String(status) })}`}
        {error && ` ${t('because', { why: error })}`}
      </Banner>
      {response && (
        <section>
          <h3>{t('itsAnswer')}</h3>
          <pre className="answer-text" tabIndex={0} role="group" aria-label={t('itsAnswer')}>
            {response}
          </pre>
        </section>
      )}
      {help !== undefined && <p className="muted">{help}</p>}
    </>
  );
}
