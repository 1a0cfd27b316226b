import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { affectedUsersQuery } from '../../api/insights';
import type { Filters } from '../../filters/search';
import { count } from '../../format/numbers';
import { personOf } from '../../format/person';
import { useTexts } from '../../i18n/catalogue';
import { DataTable } from '../../ui/DataTable';
import { Dialog } from '../../ui/Dialog';
import { Time } from '../../ui/Time';
import { endpointOf } from './search';
import { insightsTexts } from './texts';

interface Props {
  endpoint: string;
  filters: Filters;
  onClose: () => void;
}

/** Who met an error at an endpoint. Each leads to their errors there. */
export function Affected({ endpoint, filters, onClose }: Props) {
  const t = useTexts(insightsTexts);
  const { method, path } = endpointOf(endpoint);
  const at: Filters = {
    ...filters,
    route: [path],
    ...(method === '' ? {} : { method: [method] }),
  };
  const users = useQuery(affectedUsersQuery(at));
  const errors: Filters = { ...at, class: ['4xx', '5xx'] };
  return (
    <Dialog title={t('affectedTitle')} look="drawer" onClose={onClose}>
      <p className="mono affected-endpoint">
        <b>{method}</b> {path}
      </p>
      <DataTable
        label={t('affectedOf', { what: endpoint })}
        rows={users.data}
        rowKey={(row) => row.identifier}
        error={users.error}
        onRetry={() => void users.refetch()}
        empty={<p className="muted">{t('affectedNone')}</p>}
        columns={[
          {
            id: 'user',
            head: t('affectedUser'),
            cell: (row) => (
              <Link to="/events" search={{ ...errors, identifier: [row.identifier] }}>
                {personOf(row)}
              </Link>
            ),
          },
          {
            id: 'errors',
            head: t('affectedErrors'),
            number: true,
            cell: (row) => count(row.error_count),
          },
          {
            id: 'last',
            head: t('affectedLast'),
            cell: (row) => <Time value={row.last_seen} />,
          },
        ]}
      />
      <p>
        <Link to="/events" search={errors}>
          {t('affectedAll')}
        </Link>
      </p>
    </Dialog>
  );
}
