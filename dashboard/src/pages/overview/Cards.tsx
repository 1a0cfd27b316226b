import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Stats } from '../../api/model';
import type { Filters, Scope } from '../../filters/search';
import { duration } from '../../time/format';
import { count, percent } from '../../ui/numbers';
import { Ago } from '../../ui/Time';

interface Props {
  stats: Stats;
  scope: Scope;
  now: number;
}

export function Cards({ stats, scope, now }: Props) {
  return (
    <section className="cards" aria-label="Key figures">
      <Card label="Events" value={count(stats.total)} to={scope}>
        {stats.active_services === 1
          ? 'from 1 service'
          : `from ${count(stats.active_services)} services`}
      </Card>
      <Card
        label="Client errors"
        value={percent(stats.errors_4xx, stats.total)}
        tone={stats.errors_4xx > 0 ? 'warn' : undefined}
        to={{ ...scope, class: '4xx' }}
      >
        {count(stats.errors_4xx)} with 4xx
      </Card>
      <Card
        label="Server errors"
        value={percent(stats.errors_5xx, stats.total)}
        tone={stats.errors_5xx > 0 ? 'bad' : undefined}
        to={{ ...scope, class: '5xx' }}
      >
        {count(stats.errors_5xx)} with 5xx
      </Card>
      <Card label="Response time, p95" value={duration(stats.p95_response_time)}>
        {duration(stats.avg_response_time)} on average
      </Card>
      <Card
        label="Last event"
        value={stats.last_event_at ? <Ago value={stats.last_event_at} now={now} /> : 'none'}
      >
        in this time range
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
