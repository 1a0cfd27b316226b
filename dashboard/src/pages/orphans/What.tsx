import { useTexts } from '../../i18n/catalogue';
import { orphansTexts } from './texts';

/** What the page is about, for whoever opens it at night for the first time. */
export function What() {
  const t = useTexts(orphansTexts);
  return (
    <details className="panel orphans-what">
      <summary>{t('whatTitle')}</summary>
      <div className="prose">
        <p>{t('what')}</p>
        <ul>
          <li>{t('doLost')}</li>
          <li>{t('doSilent')}</li>
          <li>{t('doForeign')}</li>
          <li>{t('doSoon')}</li>
        </ul>
      </div>
    </details>
  );
}
