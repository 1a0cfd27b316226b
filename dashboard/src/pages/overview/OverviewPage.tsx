import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense, lazy } from 'react';
import { facetsQuery, statsQuery } from '../../api/events';
import { FieldFilter } from '../../filters/FieldFilter';
import { RangePicker } from '../../filters/RangePicker';
import type { Scope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { Cards } from './Cards';
import { loadBanners, loadDetails } from './first';
import { overviewTexts } from './texts';
import './overview.css';

// Figures come first; the rest is on its way while they are asked for.
void loadDetails().catch(() => undefined);
const Banners = lazy(async () => ({ default: (await loadBanners()).Banners }));
const Details = lazy(async () => ({ default: (await loadDetails()).Details }));

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
      <Suspense fallback={<div className="health" />}>
        <Banners scope={scope} />
      </Suspense>
      {stats.isError && <ErrorNotice error={stats.error} onRetry={() => void stats.refetch()} />}
      {stats.isPending && <Skeleton shape="page" />}
      {stats.data !== undefined && (
        <div className="overview" data-stale={stats.isPlaceholderData || undefined}>
          <Cards stats={stats.data} scope={scope} now={now} />
          <Suspense fallback={<Skeleton shape="charts" />}>
            <Details stats={stats.data} scope={scope} now={now} onChange={change} />
          </Suspense>
        </div>
      )}
    </div>
  );
}
