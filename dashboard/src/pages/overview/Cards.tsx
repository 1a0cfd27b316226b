import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Stats } from '../../api/model';
import type { Filters, Scope } from '../../filters/search';
import { count, duration, percent } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Ago } from '../../ui/Time';
import { overviewTexts } from './texts';

interface Props {
  stats: Stats;
  scope: Scope;
  now: number;
}

export function Cards({ stats, scope, now }: Props) {
  const t = useTexts(overviewTexts);
  return (
    <section className="cards" aria-label={t('figures')}>
      <Card label={t('events')} value={count(stats.total)} to={scope}>
        {t('fromServices', { count: stats.active_services })}
      </Card>
      <Card
        label={t('errors4')}
        value={percent(stats.errors_4xx, stats.total)}
        tone={stats.errors_4xx > 0 ? 'warn' : undefined}
        to={{ ...scope, class: ['4xx'] }}
      >
        {t('with4', { number: stats.errors_4xx })}
      </Card>
      <Card
        label={t('errors5')}
        value={percent(stats.errors_5xx, stats.total)}
        tone={stats.errors_5xx > 0 ? 'bad' : undefined}
        to={{ ...scope, class: ['5xx'] }}
      >
        {t('with5', { number: stats.errors_5xx })}
      </Card>
      <Card label={t('p95')} value={duration(stats.p95_response_time)}>
        {t('average', { time: duration(stats.avg_response_time) })}
      </Card>
      <Card
        label={t('lastEvent')}
        value={stats.last_event_at ? <Ago value={stats.last_event_at} now={now} /> : t('none')}
      >
        {t('inRange')}
      </Card>
    </section>
  );
}

interface CardProps {
  label: string;
  value: ReactNode;
  tone?: 'warn' | 'bad' | undefined;
  to?: Filters;
  children: ReactNode;
}

function Card({ label, value, tone, to, children }: CardProps) {
  const content = (
    <>
      <span className="card-label">{label}</span>
      <span className="card-value" data-tone={tone}>
        {value}
      </span>
      <span className="card-note">{children}</span>
    </>
  );
  if (to === undefined) return <div className="card">{content}</div>;
  return (
    <Link to="/events" search={to} className="card">
      {content}
    </Link>
  );
}
