import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { orphansQuery } from '../../api/orphans';
import { FilteredHead } from '../../filters/FilteredHead';
import { NothingFound } from '../../filters/NothingFound';
import { type Filters, filtersOf } from '../../filters/search';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { WithDrawer } from '../../layout/WithDrawer';
import { rangeLabel, rangeUtc } from '../../time/range';
import { SelectField } from '../../ui/Field';
import { EventDrawer } from '../events/EventDrawer';
import { Alike } from './Alike';
import { OrphanTable } from './OrphanTable';
import { What } from './What';
import { GRACES, USUAL_GRACE, graceOf } from './search';
import { orphansTexts } from './texts';
import '../events/drawer.css';
import './orphans.css';

export function OrphansPage() {
  const t = useTexts(orphansTexts);
  const search = useSearch({ from: '/shell/orphans' });
  const navigate = useNavigate({ from: '/orphans' });
  const filters = useMemo(() => filtersOf(search), [search]);
  const grace = graceOf(search);
  const orphans = useInfiniteQuery(orphansQuery(filters, grace));
  const rows = useMemo(() => orphans.data?.pages.flatMap(({ data }) => data), [orphans.data]);
  const total = orphans.data?.pages[0]?.total;

  function change(part: Filters) {
    void navigate({ search: (previous) => ({ ...previous, ...part }) });
  }

  function open(event: string | undefined) {
    const before = search.event;
    void navigate({ search: (previous) => ({ ...previous, event }) });
    if (event === undefined && before !== undefined) document.getElementById(before)?.focus();
  }

  return (
    <WithDrawer
      drawer={
        search.event !== undefined && (
          <EventDrawer
            key={search.event}
            id={search.event}
            scope={filters}
            onFilter={(part) => void navigate({ to: '/events', search: { ...filters, ...part } })}
            onClose={() => open(undefined)}
          />
        )
      }
    >
      <FilteredHead
        title={t('title')}
        lead={t('lead')}
        aside={
          <Grace
            value={grace}
            onChange={(seconds) =>
              void navigate({
                search: (previous) => ({
                  ...previous,
                  grace: seconds === USUAL_GRACE ? undefined : String(seconds),
                }),
              })
            }
          />
        }
        filters={filters}
        fields={['service', 'environment', 'status', 'identifier']}
        words
        onChange={change}
      />
      <What />
      <div className="orphans-columns">
        <div>
          {total !== undefined && total > 0 && (
            <p className="muted orphans-count" role="status">
              {t('counted', { count: total })} ·{' '}
              <span title={rangeUtc(filters)}>{rangeLabel(filters)}</span>
            </p>
          )}
          <OrphanTable
            rows={rows}
            openId={search.event}
            onOpen={open}
            empty={
              <NothingFound
                title={t('emptyTitle')}
                help={t('emptyHelp')}
                filters={filters}
                wider="7d"
                onChange={change}
              />
            }
            error={orphans.error}
            onRetry={() => void orphans.refetch()}
            more={orphans}
          />
        </div>
        {rows !== undefined && rows.length > 0 && <Alike orphans={rows} onChoose={change} />}
      </div>
    </WithDrawer>
  );
}

function Grace({ value, onChange }: { value: number; onChange: (seconds: number) => void }) {
  const t = useTexts(orphansTexts);
  const offered = [...new Set([...GRACES, value])].sort((a, b) => a - b);
  return (
    <div className="orphans-grace">
      <SelectField
        label={t('grace')}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {offered.map((seconds) => (
          <option key={seconds} value={seconds}>
            {seconds === 0 ? t('grace_0') : duration(seconds * 1_000)}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
