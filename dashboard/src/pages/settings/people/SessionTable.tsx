// Where somebody is signed in, with an end to each.
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { Session } from '../../../api/model';
import { endSession } from '../../../api/sessions';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { Time } from '../../../ui/Time';
import { Destroy } from '../Destroy';
import { deviceOf } from './device';
import { peopleTexts } from './texts';

interface Props {
  label: string;
  sessions: UseQueryResult<Session[]>;
  /** Whether this reader may end them. */
  mayEnd: boolean;
}

export function SessionTable({ label, sessions, mayEnd }: Props) {
  const t = useTexts(peopleTexts);
  const [doomed, setDoomed] = useState<Session>();
  const columns: readonly Column<Session>[] = [
    {
      id: 'device',
      head: t('device'),
      cell: (session) => (
        <>
          <Device session={session} />
          {session.current && <Badge tone="good">{t('thisBrowser')}</Badge>}
        </>
      ),
      sort: ({ user_agent }) => user_agent,
    },
    {
      id: 'address',
      head: t('address'),
      cell: ({ address }) => <span className="mono">{address}</span>,
      sort: ({ address }) => address,
    },
    {
      id: 'since',
      head: t('since'),
      cell: ({ created_at }) => <Time value={created_at} />,
      sort: ({ created_at }) => created_at,
    },
    {
      id: 'until',
      head: t('until'),
      cell: ({ expires_at }) => <Time value={expires_at} />,
      sort: ({ expires_at }) => expires_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (session) =>
        mayEnd &&
        !session.current && (
          <Button
            look="quiet"
            aria-label={t('endNamed', { address: session.address })}
            onClick={() => setDoomed(session)}
          >
            {t('end')}
          </Button>
        ),
    },
  ];
  return (
    <>
      <DataTable
        label={label}
        columns={columns}
        rows={sessions.data}
        rowKey={({ id }) => id}
        error={sessions.error}
        onRetry={() => void sessions.refetch()}
        initialSort={{ column: 'since', descending: true }}
        empty={
          <Empty title={t('noSessions')}>
            <p>{t('noSessionsHelp')}</p>
          </Empty>
        }
      />
      {doomed !== undefined && (
        <Destroy
          title={t('endTitle', { address: doomed.address })}
          action={t('endDo')}
          keep={t('endKeep')}
          act={() => endSession(doomed.id)}
          list={['sessions']}
          done={t('ended', { address: doomed.address })}
          onClose={() => setDoomed(undefined)}
        >
          <p>
            <Device session={doomed} />
          </p>
          <p>{t('endHelp')}</p>
        </Destroy>
      )}
    </>
  );
}

function Device({ session }: { session: Session }) {
  const t = useTexts(peopleTexts);
  const { program, system } = deviceOf(session.user_agent);
  const text =
    program === undefined
      ? (system ?? t('unknownDevice'))
      : system === undefined
        ? program
        : t('programOn', { program, system });
  return (
    <span className="cell-name" title={session.user_agent}>
      {text}
    </span>
  );
}
