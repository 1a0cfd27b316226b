import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { DryRun } from '../../api/anomalies';
import { TimeChart } from '../../charts/TimeChart';
import { useTexts } from '../../i18n/catalogue';
import { Banner } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Time } from '../../ui/Time';
import { firingsOf } from './curve';
import { anomaliesTexts } from './texts';

const HOURS = 6;
const LISTED = 5;

interface Props {
  result: DryRun | undefined;
  /** Whether the rule was changed since. */
  stale: boolean;
  projectId: string;
  busy: boolean;
}

/** What the rule would have told, on a line of time and in words. */
export function Trial({ result, stale, projectId, busy }: Props) {
  const t = useTexts(anomaliesTexts);
  const { times, counts } = useMemo(
    () => firingsOf(result?.data ?? [], result?.days ?? 1, HOURS, Date.now()),
    [result],
  );
  if (busy) return <Skeleton shape="block" />;
  if (result === undefined) return null;
  const fired = result.would_have_fired;
  return (
    <div className="trial">
      {stale && <Banner tone="warn">{t('trialStale')}</Banner>}
      <p role="status" className="trial-sum">
        {fired === 0
          ? t('wouldNot', { days: result.days })
          : t('wouldHave', { count: fired, days: result.days })}
      </p>
      {fired > 0 && (
        <>
          <TimeChart
            title={t('trial')}
            times={times}
            step={HOURS * 3_600_000}
            series={[{ name: t('trial'), tone: 'warn', values: counts }]}
            height={90}
          />
          <h3>{t('trialLatest')}</h3>
          <ul className="trial-list">
            {result.data.slice(0, LISTED).map((each) => (
              <li
                key={`${each.service_name} ${each.environment} ${each.subject} ${each.started_at}`}
              >
                <Link
                  to="/events"
                  target="_blank"
                  search={{
                    project: projectId,
                    service: [each.service_name],
                    environment: [each.environment],
                    from: each.started_at,
                    to: each.ended_at,
                  }}
                >
                  <Time value={each.started_at} />
                </Link>{' '}
                {each.service_name} <span className="muted">{each.environment}</span>{' '}
                <span className="mono">{each.subject}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
