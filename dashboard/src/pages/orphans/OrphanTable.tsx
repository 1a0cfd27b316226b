import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { EventSummary } from '../../api/model';
import { useTexts } from '../../i18n/catalogue';
import { Badge, Status } from '../../ui/Badge';
import { type Column, DataTable } from '../../ui/DataTable';
import type { Pages } from '../../ui/MoreRows';
import { Time } from '../../ui/Time';
import { backendsAround, hostOf } from './similar';
import { orphansTexts } from './texts';

interface Props {
  rows: readonly EventSummary[] | undefined;
  openId: string | undefined;
  onOpen: (id: string) => void;
  empty: ReactNode;
  error: unknown;
  onRetry: () => void;
  more: Pages;
}

export function OrphanTable({ rows, openId, onOpen, empty, error, onRetry, more }: Props) {
  const t = useTexts(orphansTexts);
  const columns: Column<EventSummary>[] = [
    {
      id: 'time',
      head: t('time'),
      cell: (row) => (
        <span className="mono orphan-time">
          <Time value={row.timestamp} look="clock" />
        </span>
      ),
    },
    {
      id: 'status',
      head: t('status'),
      cell: (row) =>
        row.status_code === 0 ? (
          <Badge tone="warn">{t('noAnswer')}</Badge>
        ) : (
          <Status code={row.status_code} />
        ),
    },
    {
      id: 'request',
      head: t('request'),
      cell: (row) => (
        <span className="orphan-request">
          <button
            type="button"
            id={row.id}
            className="orphan-open mono"
            aria-pressed={row.id === openId}
            title={row.path}
            aria-label={t('detailsOf', { what: row.path })}
            onClick={() => onOpen(row.id)}
          >
            <b>{row.method || row.event_type}</b> {row.path}
          </button>
          {hostOf(row.path) !== undefined && <Badge icon="link">{t('foreign')}</Badge>}
        </span>
      ),
    },
    { id: 'service', head: t('service'), cell: (row) => row.service_name },
    { id: 'user', head: t('user'), cell: (row) => row.identifier || '–' },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (row) => (
        <Link
          to="/events"
          search={backendsAround(row)}
          aria-label={t('backendsOf', { what: row.path })}
        >
          {t('backends')}
        </Link>
      ),
    },
  ];
  return (
    <DataTable
      label={t('list')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      empty={empty}
      error={error}
      onRetry={onRetry}
      more={more}
    />
  );
}
