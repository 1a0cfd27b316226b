import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { AnomalyIncident } from '../../api/anomalies';
import { eventsQuery } from '../../api/events';
import { personOf, restOf } from '../../format/person';
import { useTexts } from '../../i18n/catalogue';
import { Status } from '../../ui/Badge';
import { DataTable } from '../../ui/DataTable';
import { Time } from '../../ui/Time';
import { relatedOf } from './related';
import { anomaliesTexts } from './texts';

const SHOWN = 10;

/** The latest of the events that made the rule fire. */
export function Related({ incident }: { incident: AnomalyIncident }) {
  const t = useTexts(anomaliesTexts);
  const filters = useMemo(() => relatedOf(incident), [incident]);
  const events = useInfiniteQuery(eventsQuery(filters));
  const title = incident.rule_type === 'silent_service' ? t('relatedLast') : t('related');
  return (
    <section className="incident-related" aria-labelledby="related-title">
      <header className="incident-head">
        <h2 id="related-title">{title}</h2>
        <Link to="/events" search={filters}>
          {t('relatedAll')}
        </Link>
      </header>
      <DataTable
        label={title}
        rows={events.data?.pages[0]?.data.slice(0, SHOWN)}
        rowKey={(row) => row.id}
        error={events.error}
        onRetry={() => void events.refetch()}
        empty={<p className="muted">{t('relatedNone')}</p>}
        columns={[
          {
            id: 'time',
            head: t('time'),
            cell: (row) => (
              <Link to="/events" search={{ ...filters, event: row.id }} className="mono">
                <Time value={row.timestamp} look="clock" />
              </Link>
            ),
          },
          {
            id: 'status',
            head: t('status'),
            cell: (row) => <Status code={row.status_code} />,
          },
          {
            id: 'request',
            head: t('request'),
            cell: (row) => (
              <span className="mono incident-request" title={row.path}>
                <b>{row.method || row.event_type}</b> {row.path}
              </span>
            ),
          },
          {
            id: 'user',
            head: t('user'),
            cell: (row) => <span title={restOf(row)}>{personOf(row) || '–'}</span>,
          },
        ]}
      />
    </section>
  );
}
