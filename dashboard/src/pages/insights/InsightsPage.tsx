import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { statsQuery } from '../../api/events';
import { insightsQuery } from '../../api/insights';
import { FilteredHead } from '../../filters/FilteredHead';
import { NothingFound } from '../../filters/NothingFound';
import { type Filters, filtersOf } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { rangeLabel, rangeUtc } from '../../time/range';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Affected } from './Affected';
import { Figures } from './Figures';
import { Rankings } from './Rankings';
import { LOOKED_THROUGH, SHOWN, before, countingOf } from './compare';
import { insightsTexts } from './texts';
import './insights.css';

export function InsightsPage() {
  const t = useTexts(insightsTexts);
  const search = useSearch({ from: '/shell/insights' });
  const navigate = useNavigate({ from: '/insights' });
  const filters = useMemo(() => filtersOf(search), [search]);
  const { insights, stats, earlier, counting } = useFigures(filters);

  function change(part: Filters) {
    void navigate({ search: (previous) => ({ ...previous, ...part }) });
  }

  return (
    <div className="page">
      <FilteredHead
        title={t('title')}
        lead={t('lead')}
        aside={
          earlier !== undefined && (
            <span className="muted" title={rangeUtc(earlier)}>
              {t('compared', { range: rangeLabel(earlier) })}
            </span>
          )
        }
        filters={filters}
        fields={['service', 'environment', 'method', 'source']}
        counted
        onChange={change}
      />
      {insights.now.isError && (
        <ErrorNotice
          error={insights.now.error}
          onRetry={() => {
            void insights.now.refetch();
            void stats.now.refetch();
          }}
        />
      )}
      {insights.now.isPending && <Skeleton shape="page" />}
      {insights.now.data !== undefined &&
        (insights.now.data.top_endpoints.length === 0 ? (
          <NothingFound
            title={t('emptyTitle')}
            help={t('emptyHelp')}
            filters={filters}
            wider="30d"
            onChange={change}
          />
        ) : (
          <div className="insights" data-stale={insights.now.isPlaceholderData || undefined}>
            {stats.now.isError && stats.now.data === undefined ? (
              <ErrorNotice error={stats.now.error} onRetry={() => void stats.now.refetch()} />
            ) : (
              <Figures now={stats.now.data} before={stats.before} />
            )}
            <Rankings
              now={insights.now.data}
              before={insights.before}
              counting={counting}
              filters={filters}
              onAffected={(affected) =>
                void navigate({ search: (previous) => ({ ...previous, affected }) })
              }
            />
          </div>
        ))}
      {search.affected !== undefined && (
        <Affected
          endpoint={search.affected}
          filters={filters}
          onClose={() =>
            void navigate({ search: (previous) => ({ ...previous, affected: undefined }) })
          }
        />
      )}
    </div>
  );
}

/** This period and the one before. Nothing earlier is shown while it is still of other filters. */
function useFigures(filters: Filters) {
  // The period before is fixed as long as the filters are: it must not move with every rendering.
  const { earlier, counting } = useMemo(() => {
    const now = Date.now();
    return { earlier: before(filters, now), counting: countingOf(filters, now) };
  }, [filters]);
  const insights = useQuery(insightsQuery(filters, SHOWN));
  const insightsBefore = useQuery({
    ...insightsQuery(counting.before ?? filters, LOOKED_THROUGH),
    enabled: counting.before !== undefined,
    retry: false,
  });
  const stats = useQuery(statsQuery(filters));
  const statsBefore = useQuery({
    ...statsQuery(earlier ?? filters),
    enabled: earlier !== undefined,
    retry: false,
    refetchInterval: false,
  });
  const settled = <T,>(
    period: Filters | undefined,
    query: { isPlaceholderData: boolean; data: T | undefined },
  ) => (period === undefined || query.isPlaceholderData ? undefined : query.data);
  return {
    earlier,
    counting,
    insights: { now: insights, before: settled(counting.before, insightsBefore) },
    stats: { now: stats, before: settled(earlier, statsBefore) },
  };
}
