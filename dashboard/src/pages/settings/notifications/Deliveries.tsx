import { useQuery } from '@tanstack/react-query';
import type { Delivery, deliveriesQuery } from '../../../api/notifications';
import { useTexts } from '../../../i18n/catalogue';
import { Badge, Status, type Tone } from '../../../ui/Badge';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Dialog } from '../../../ui/Dialog';
import { Empty } from '../../../ui/Notice';
import { Time } from '../../../ui/Time';
import { notificationsTexts } from './texts';

interface Props {
  title: string;
  history: ReturnType<typeof deliveriesQuery>;
  onClose: () => void;
}

/** What was, and is to be, sent to an address or a browser. */
export function Deliveries({ title, history, onClose }: Props) {
  const t = useTexts(notificationsTexts);
  const deliveries = useQuery(history);
  return (
    <Dialog title={title} look="wide" onClose={onClose}>
      <DataTable
        label={t('deliveries')}
        columns={useColumns()}
        rows={deliveries.data}
        rowKey={({ id }) => id}
        error={deliveries.error}
        onRetry={() => void deliveries.refetch()}
        empty={
          <Empty title={t('noDeliveries')}>
            <p>{t('noDeliveriesHelp')}</p>
          </Empty>
        }
      />
    </Dialog>
  );
}

const STATES = { success: 'good', failed: 'bad', pending: 'info' } as const satisfies Record<
  string,
  Tone
>;

function stateOf({ status }: Delivery): keyof typeof STATES {
  return status === 'success' || status === 'failed' ? status : 'pending';
}

function useColumns(): readonly Column<Delivery>[] {
  const t = useTexts(notificationsTexts);
  return [
    {
      id: 'created',
      head: t('alert'),
      cell: ({ created_at }) => <Time value={created_at} />,
    },
    {
      id: 'state',
      head: t('state'),
      cell: (delivery) => {
        const state = stateOf(delivery);
        return <Badge tone={STATES[state]}>{t(`delivery_${state}`)}</Badge>;
      },
    },
    { id: 'attempts', head: t('attempts'), number: true, cell: ({ attempts }) => attempts },
    {
      id: 'answer',
      head: t('answer'),
      cell: ({ status_code: code, error, response_body: body }) => (
        <span>
          {code !== null && <Status code={code} />}{' '}
          <span className="cell-note" title={body ?? undefined}>
            {error ?? body}
          </span>
        </span>
      ),
    },
    {
      id: 'next',
      head: t('next'),
      cell: ({ next_attempt_at: next, delivered_at: end }) =>
        next === null ? end !== null && <Time value={end} /> : <Time value={next} />,
    },
  ];
}
