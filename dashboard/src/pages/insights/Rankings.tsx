import type { Insights, TopUser } from '../../api/insights';
import type { Filters } from '../../filters/search';
import { count, duration, percent } from '../../format/numbers';
import { personOf } from '../../format/person';
import { useTexts } from '../../i18n/catalogue';
import { Ranking } from './Ranking';
import { type Counting, changeOf, earlierOf } from './compare';
import { endpointKey } from './search';
import { insightsTexts } from './texts';

interface Props {
  now: Insights;
  /** The period before, where it is known. */
  before: Insights | undefined;
  counting: Counting;
  filters: Filters;
  onAffected: (endpoint: string) => void;
}

export function Rankings({ now, before, counting, filters, onAffected }: Props) {
  const t = useTexts(insightsTexts);
  const calls = earlierOf(before?.top_endpoints, endpointKey, (row) => row.count);
  const people = earlierOf(
    // Days that are not over, or only begin in the period, compare with nothing.
    counting.days ? undefined : before?.top_users,
    (row) => row.identifier,
    (row) => row.count,
  );
  const errors = earlierOf(before?.top_error_routes, endpointKey, (row) => row.error_count);
  const slow = earlierOf(before?.top_slow_routes, endpointKey, (row) => row.avg_ms);
  const hours = counting.hours ? t('byHours') : undefined;
  const at = ({ method, path }: { method: string; path: string }): Filters => ({
    ...filters,
    route: [path],
    ...(method === '' ? {} : { method: [method] }),
  });
  return (
    <div className="rankings">
      <div className="rankings-column">
        <Ranking
          title={t('endpoints')}
          counted={hours}
          nothing={t('nothing')}
          tone="good"
          format={count}
          entries={now.top_endpoints.map((row) => ({
            key: endpointKey(row),
            label: <Endpoint {...row} />,
            value: row.count,
            shown: count(row.count),
            change: changeOf(row.count, calls(row)),
            filters: at(row),
          }))}
        />
        <Ranking
          title={t('errorRoutes')}
          counted={hours}
          nothing={t('noErrors')}
          tone="bad"
          format={count}
          worse
          entries={now.top_error_routes
            .filter((row) => row.error_count > 0)
            .map((row) => ({
              key: endpointKey(row),
              label: <Endpoint {...row} />,
              value: row.error_count,
              shown: percent(row.error_count, row.total),
              note: t('errorsOf', { errors: row.error_count, total: row.total }),
              change: changeOf(row.error_count, errors(row)),
              filters: { ...at(row), class: ['4xx', '5xx'] },
              action: (
                <button
                  type="button"
                  className="link"
                  aria-label={t('affectedOf', { what: endpointKey(row) })}
                  onClick={() => onAffected(endpointKey(row))}
                >
                  {t('affected')}
                </button>
              ),
            }))}
        />
      </div>
      <div className="rankings-column">
        <Ranking
          title={t('users')}
          counted={counting.days ? t('byDays') : undefined}
          nothing={t('nothing')}
          tone="info"
          format={count}
          entries={now.top_users.map((row) => ({
            key: row.identifier,
            label: <Person {...row} />,
            value: row.count,
            shown: count(row.count),
            change: changeOf(row.count, people(row)),
            filters: { ...filters, identifier: [row.identifier] },
          }))}
        />
        <Ranking
          title={t('slowRoutes')}
          counted={hours}
          nothing={t('nothing')}
          tone="warn"
          format={duration}
          worse
          entries={now.top_slow_routes.map((row) => ({
            key: endpointKey(row),
            label: <Endpoint {...row} />,
            value: row.avg_ms,
            shown: duration(Math.round(row.avg_ms)),
            note: t('p95Is', { time: duration(Math.round(row.p95_ms)) }),
            // What was not called before was not faster.
            change: changeOf(row.avg_ms, slow(row) || undefined),
            filters: at(row),
          }))}
        />
      </div>
    </div>
  );
}

function Person(user: TopUser) {
  const name = personOf(user);
  if (name === user.identifier) return name;
  return (
    <>
      {name} <span className="muted">{user.identifier}</span>
    </>
  );
}

function Endpoint({ method, path }: { method: string; path: string }) {
  return (
    <span className="mono" title={path}>
      <b>{method}</b> {path}
    </span>
  );
}
