import { Link } from '@tanstack/react-router';
import { useRights } from '../auth/may';
import { useCommon } from '../i18n/common';
import { Code } from '../ui/Code';
import { Empty } from '../ui/Notice';
import { KEY_PLACEHOLDER, firstEventCurl, ingestUrl } from './firstEvent';

/** What to do while nothing has arrived yet. */
export function FirstEvent() {
  const t = useCommon();
  const { manageInstance } = useRights();
  return (
    <Empty title={t('guideTitle')}>
      <p>
        <Link to="/settings/api-keys">{t('guideKey')}</Link>. {t('guideRest')}
      </p>
      <Code
        label={t('guideExample')}
        text={firstEventCurl(ingestUrl(window.location), KEY_PLACEHOLDER)}
      />
      {manageInstance && (
        <p>
          <Link to="/welcome">{t('guideLead')}</Link>
        </p>
      )}
    </Empty>
  );
}
