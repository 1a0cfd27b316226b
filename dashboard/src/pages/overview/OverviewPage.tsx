import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { facetsQuery, statsQuery } from '../../api/events';
import { ChoiceFilter } from '../../filters/ChoiceFilter';
import { RangePicker } from '../../filters/RangePicker';
import type { Scope } from '../../filters/search';
import { FirstEvent } from '../../guide/FirstEvent';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { Breakdown } from './Breakdown';
import { Cards } from './Cards';
import { Services } from './Services';
import { Volume } from './Volume';
import './overview.css';

export function OverviewPage() {
  usePageTitle('Overview');
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
        <h1>Overview</h1>
        <div className="page-actions">
          <ChoiceFilter
            label="Environment"
            value={scope.environment}
            options={facets.data?.environments ?? []}
            onChange={(environment) => change({ environment })}
          />
          <RangePicker value={scope} onChange={change} />
        </div>
      </header>
      {stats.isError && <ErrorNotice error={stats.error} onRetry={() => void stats.refetch()} />}
      {stats.isPending && (
        <div className="skeleton skeleton-page" aria-label="Loading" role="status" />
      )}
      {stats.data !== undefined && (
        <div className="overview" data-stale={stats.isPlaceholderData || undefined}>
          <Cards stats={stats.data} scope={scope} now={now} />
          <Volume stats={stats.data} scope={scope} />
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
  const narrowed = Object.keys(scope).some((name) => name !== 'project');
  if (!narrowed) return <FirstEvent />;
  return (
    <Empty title="No events match">
      <p>Nothing was recorded in this time range and environment.</p>
      <button
        type="button"
        className="button button-plain"
        onClick={() =>
          onWiden({ environment: undefined, range: '30d', from: undefined, to: undefined })
        }
      >
        Look at the last 30 days
      </button>
    </Empty>
  );
}
