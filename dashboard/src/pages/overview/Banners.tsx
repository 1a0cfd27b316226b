// What is wrong right now, above the figures it may explain. It comes when it comes: its place is as high with
// nothing in it as with everything, so that nothing below moves.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { orphanCountQuery } from '../../api/attention';
import { monitorsQuery } from '../../api/monitors';
import { pipelineQuery } from '../../api/pipeline';
import type { Scope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { Banner } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Freshness, Intake } from './LineBanners';
import { PageLink } from './PageLink';
import { overviewTexts } from './texts';

/** So many names fit into a line. */
const NAMED = 4;

export function Banners({ scope }: { scope: Scope }) {
  const t = useTexts(overviewTexts);
  const line = useQuery(pipelineQuery(scope.project));
  const monitors = useQuery(monitorsQuery(scope.project));
  const orphans = useQuery(orphanCountQuery(scope));
  const asked = [line, monitors, orphans];
  const unknown = asked.some(({ isError, data }) => isError && data === undefined);
  const [open, setOpen] = useState(false);
  // All at once: one after the other they would push each other aside.
  if (asked.some(({ isPending }) => isPending)) {
    return (
      <div className="health">
        <Skeleton />
      </div>
    );
  }
  return (
    <div className="health" data-open={open || undefined}>
      <div className="health-list">
        <Freshness project={scope.project} />
        <Monitors project={scope.project} />
        <Orphans scope={scope} />
        <Intake project={scope.project} />
        {unknown ? (
          <p className="health-note">{t('healthUnknown')}</p>
        ) : (
          // Stands alone where nothing is wrong (overview.css).
          <p className="health-note health-well">
            <Icon name="check" />
            {t('healthWell')}
          </p>
        )}
      </div>
      {/* Only there where some do not fit (overview.css). */}
      <button
        type="button"
        className="pill health-more"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {open ? t('healthLess') : t('healthAll')}
      </button>
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
