import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { facetsQuery, statsQuery } from '../../api/events';
import { FieldFilter } from '../../filters/FieldFilter';
import { RangePicker } from '../../filters/RangePicker';
import type { Scope } from '../../filters/search';
import { FirstEvent } from '../../guide/FirstEvent';
import { useTexts } from '../../i18n/catalogue';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { Breakdown } from './Breakdown';
import { Cards } from './Cards';
import { Services } from './Services';
import { Volume } from './Volume';
import { overviewTexts } from './texts';
import './overview.css';

export function OverviewPage() {
  const t = useTexts(overviewTexts);
  usePageTitle(t('title'));
  const scope = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const stats = useQuery(statsQuery(scope));
  const facets = useQuery(facetsQuery(scope));
  const now = useNow(5_000);

  function change(part: Scope) {
    void navigate({ search: (previous) => ({ ...previous, ...part }) });
  }

  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('title')}</h1>
        <div className="page-actions">
          <FieldFilter
            field="environment"
            filters={scope}
            options={facets.data?.environments.map((value) => ({ value }))}
            busy={facets.isPending}
            onChange={change}
          />
          <RangePicker value={scope} onChange={change} />
        </div>
      </header>
      {stats.isError && <ErrorNotice error={stats.error} onRetry={() => void stats.refetch()} />}
      {stats.isPending && <Skeleton shape="page" />}
      {stats.data !== undefined && (
        <div className="overview" data-stale={stats.isPlaceholderData || undefined}>
          <Cards stats={stats.data} scope={scope} now={now} />
          <Volume stats={stats.data} scope={scope} onZoom={change} />
          {stats.data.total === 0 && <Nothing scope={scope} onWiden={change} />}
          {stats.data.total > 0 && (
            <div className="overview-columns">
              <Services services={stats.data.by_service} scope={scope} now={now} />
              <Breakdown stats={stats.data} scope={scope} />
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** Nothing in a narrowed view says little; nothing at all calls for the guide. */
function Nothing({ scope, onWiden }: { scope: Scope; onWiden: (part: Scope) => void }) {
  const t = useTexts(overviewTexts);
  const narrowed = Object.keys(scope).some((name) => name !== 'project');
  if (!narrowed) return <FirstEvent />;
  return (
    <Empty title={t('emptyTitle')}>
      <p>{t('emptyHelp')}</p>
      <button
        type="button"
        className="button button-plain"
        onClick={() =>
          onWiden({ environment: undefined, range: '30d', from: undefined, to: undefined })
        }
      >
        {t('widen')}
      </button>
    </Empty>
  );
}
