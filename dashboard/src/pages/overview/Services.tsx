import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Monitor, ServiceStats } from '../../api/model';
import { monitorsQuery } from '../../api/monitors';
import { count, duration, percent } from '../../format/numbers';
import type { Scope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { Badge } from '../../ui/Badge';
import { type Column, DataTable } from '../../ui/DataTable';
import { Ago } from '../../ui/Time';
import { overviewTexts } from './texts';

interface Props {
  services: readonly ServiceStats[];
  scope: Scope;
  now: number;
}

/** The busiest first; a name leads to its events. Health is that of the monitor of the same name. */
export function Services({ services, scope, now }: Props) {
  const t = useTexts(overviewTexts);
  const { data: monitors = [] } = useQuery(monitorsQuery(scope.project));
  const columns: readonly Column<ServiceStats>[] = [
    {
      id: 'service',
      head: t('service'),
      cell: ({ service_name: name }) => (
        <Link to="/events" search={{ ...scope, service: [name] }}>
          {name}
        </Link>
      ),
      sort: ({ service_name: name }) => name,
    },
    {
      id: 'health',
      head: t('health'),
      cell: ({ service_name: name }) => (
        <span className="service-health">
          <Health monitors={monitors} service={name} />
        </span>
      ),
    },
    {
      id: 'events',
      head: t('events'),
      number: true,
      cell: ({ requests }) => count(requests),
      sort: ({ requests }) => requests,
    },
    {
      id: 'errors',
      head: t('errors'),
      number: true,
      cell: ({ errors, requests }) => (
        <span data-tone={errors > 0 ? 'warn' : undefined}>{percent(errors, requests)}</span>
      ),
      sort: ({ errors, requests }) => errors / Math.max(1, requests),
    },
    {
      id: 'average',
      head: t('averageHead'),
      number: true,
      cell: (service) => duration(service.avg_response_time),
      sort: (service) => service.avg_response_time,
    },
    {
      id: 'last',
      head: t('lastEvent'),
      number: true,
      cell: ({ last_event: last }) => (last ? <Ago value={last} now={now} /> : '–'),
      sort: ({ last_event: last }) => last ?? undefined,
    },
  ];
  return (
    <section className="panel" aria-labelledby="services-title">
      <header className="panel-head">
        <h2 id="services-title">{t('services')}</h2>
      </header>
      <DataTable
        label={t('services')}
        columns={columns}
        rows={services}
        rowKey={({ service_name: name }) => name}
        initialSort={{ column: 'events', descending: true }}
        empty={null}
      />
    </section>
  );
}

function Health({ monitors, service }: { monitors: readonly Monitor[]; service: string }) {
  const t = useTexts(overviewTexts);
  const mine = monitors.filter(({ name, enabled }) => enabled && name === service);
  if (mine.length === 0) return <span className="muted">–</span>;
  if (mine.some(({ last_status: status }) => status === 'down')) {
    return <Badge tone="bad">{t('down')}</Badge>;
  }
  return mine.every(({ last_status: status }) => status === 'up') ? (
    <Badge tone="good">{t('up')}</Badge>
  ) : (
    <Badge>{t('unknown')}</Badge>
  );
}
