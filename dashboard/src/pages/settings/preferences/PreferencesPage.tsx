import { dateTime, utc } from '../../../format/time';
import { browserZone, chosenZone, setZone, zones } from '../../../format/zone';
import { loadShown, useTexts } from '../../../i18n/catalogue';
import { LANGUAGES, LANGUAGE_NAMES, setLanguage, useLanguage } from '../../../i18n/language';
import { THEMES, setTheme, useTheme } from '../../../layout/theme';
import { SelectField } from '../../../ui/Field';
import { useNow } from '../../../ui/useNow';
import { usePageTitle } from '../../../ui/usePageTitle';
import { preferencesTexts } from './texts';

export function PreferencesPage() {
  const t = useTexts(preferencesTexts);
  usePageTitle(t('title'));
  const theme = useTheme();
  const language = useLanguage();
  const time = new Date(useNow(10_000)).toISOString();
  return (
    <section aria-labelledby="preferences-title">
      <header className="section-head">
        <div>
          <h2 id="preferences-title">{t('title')}</h2>
          <p>{t('lead')}</p>
        </div>
      </header>
      <div className="form settings-form">
        <SelectField
          label={t('theme')}
          value={theme}
          onChange={({ target }) =>
            setTheme(THEMES.find((each) => each === target.value) ?? 'system')
          }
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {t(`theme_${each}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          id="preferences-language"
          label={t('language')}
          value={language}
          onChange={({ target }) => {
            const chosen = LANGUAGES.find((each) => each === target.value) ?? 'en';
            void setLanguage(chosen, loadShown);
          }}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </SelectField>
        <SelectField
          id="preferences-zone"
          label={t('zone')}
          value={chosenZone() ?? ''}
          hint={<span title={utc(time)}>{t('zoneHint', { now: dateTime(time) })}</span>}
          onChange={({ target }) => setZone(target.value === '' ? undefined : target.value)}
        >
          <option value="">{t('zoneBrowser', { zone: browserZone() })}</option>
          {zones().map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </SelectField>
      </div>
    </section>
  );
}
