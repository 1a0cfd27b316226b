import { Link } from '@tanstack/react-router';
import { OWN_PROJECT } from '../../api/projects';
import type { Scope } from '../../filters/search';
import { FirstEvent } from '../../guide/FirstEvent';
import { useTexts } from '../../i18n/catalogue';
import { Empty } from '../../ui/Notice';
import { overviewTexts } from './texts';

/** Nothing in a narrowed view says little; nothing at all calls for the guide. */
export function Nothing({ scope, onWiden }: { scope: Scope; onWiden: (part: Scope) => void }) {
  const t = useTexts(overviewTexts);
  if (scope.project === OWN_PROJECT) {
    return (
      <Empty title={t('ownTitle')}>
        <p>{t('ownHelp')}</p>
        <Link to="/events" search={scope} className="button">
          {t('ownOpen')}
        </Link>
      </Empty>
    );
  }
  const narrowed = Object.keys(scope).some((name) => name !== 'project');
  if (!narrowed) return <FirstEvent />;
  return (
    <Empty title={t('emptyTitle')}>
      <p>{t('emptyHelp')}</p>
      <button
        type="button"
        className="button"
        onClick={() =>
          onWiden({ environment: undefined, range: '30d', from: undefined, to: undefined })
        }
      >
        {t('widen')}
      </button>
    </Empty>
  );
}
