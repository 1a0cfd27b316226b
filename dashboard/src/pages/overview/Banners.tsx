import { useQuery } from '@tanstack/react-query';
import { orphanCountQuery } from '../../api/attention';
import { monitorsQuery } from '../../api/monitors';
import type { Scope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { Banner } from '../../ui/Notice';
import { LineBanners } from './LineBanners';
import { PageLink } from './PageLink';
import { overviewTexts } from './texts';

/** So many names fit into a line. */
const NAMED = 4;

/** What is wrong right now, above the figures it may explain. Nothing while all is well. */
export function Banners({ scope }: { scope: Scope }) {
  return (
    <div className="banners">
      <LineBanners project={scope.project} />
      <Monitors project={scope.project} />
      <Orphans scope={scope} />
    </div>
  );
}

function Monitors({ project }: { project: string | undefined }) {
  const t = useTexts(overviewTexts);
  const { data: monitors = [] } = useQuery(monitorsQuery(project));
  const down = monitors.filter(({ enabled, last_status }) => enabled && last_status === 'down');
  if (down.length === 0) return null;
  const names = down.slice(0, NAMED).map(({ name }) => name);
  return (
    <Banner tone="bad">
      <PageLink page="/settings/monitors" search={{ project }}>
        {t('monitorsDown', { count: down.length })}
      </PageLink>{' '}
      {names.join(', ')}
      {down.length > NAMED && '…'}
    </Banner>
  );
}

function Orphans({ scope }: { scope: Scope }) {
  const t = useTexts(overviewTexts);
  const { data: orphans = 0 } = useQuery(orphanCountQuery(scope));
  if (orphans === 0) return null;
  return (
    <Banner tone="warn">
      <PageLink page="/orphans" search={{ ...scope }}>
        {t('orphans', { count: orphans })}
      </PageLink>
    </Banner>
  );
}
