import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ApiKey } from '../../../api/model';
import type { Rights } from '../../../auth/may';
import { count, short } from '../../../format/numbers';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Ago, Time } from '../../../ui/Time';
import { useNow } from '../../../ui/useNow';
import type { Open } from './KeysPage';
import { keyState, works } from './keyState';
import { keysTexts } from './texts';

interface Props {
  keys: UseQueryResult<ApiKey[]>;
  rights: Rights;
  onOpen: (open: Open) => void;
  /** Shown when there is no key at all. */
  children: ReactNode;
}

export function KeyTable({ keys, rights, onOpen, children }: Props) {
  const t = useTexts(keysTexts);
  const now = useNow(30_000);
  const [all, setAll] = useState(false);
  const alive = keys.data?.filter((key) => works(key, now));
  const over = (keys.data?.length ?? 0) - (alive?.length ?? 0);
  const columns = useColumns(now, rights, onOpen);
  return (
    <>
      <DataTable
        label={t('title')}
        columns={columns}
        // Without one that works, those that are over say why.
        rows={all || alive?.length === 0 ? keys.data : alive}
        rowKey={({ id }) => id}
        error={keys.error}
        onRetry={() => void keys.refetch()}
        empty={children}
      />
      {over > 0 && alive !== undefined && alive.length > 0 && (
        <p className="section-note-after">
          <button type="button" className="link" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? t('hideOver') : t('showOver', { count: over })}
          </button>
        </p>
      )}
    </>
  );
}

function useColumns(
  now: number,
  { manageProject, ownInstance }: Rights,
  onOpen: (open: Open) => void,
): Column<ApiKey>[] {
  const t = useTexts(keysTexts);
  return [
    {
      id: 'name',
      head: t('name'),
      cell: (key) => (
        <>
          <span className="cell-name">{key.name}</span>
          <Limits apiKey={key} />
        </>
      ),
      sort: ({ name }) => name,
    },
    {
      id: 'state',
      head: t('state'),
      cell: (key) => {
        const { name, tone } = keyState(key, now);
        return <Badge tone={tone}>{t(`state_${name}`)}</Badge>;
      },
      sort: (key) => keyState(key, now).name,
    },
    {
      id: 'used',
      head: t('used'),
      cell: (key) => <LastUsed apiKey={key} now={now} />,
      sort: (key: ApiKey) => key.last_used ?? undefined,
    },
    {
      id: 'expires',
      head: t('expires'),
      cell: (key) => (key.expires_at ? <Time value={key.expires_at} /> : t('never')),
      sort: (key) => key.expires_at ?? undefined,
    },
    {
      id: 'created',
      head: t('created'),
      cell: (key) => <Time value={key.created_at} look="day" />,
      sort: (key) => key.created_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (key) =>
        manageProject &&
        works(key, now) && (
          <>
            {key.replaced_by === null && (key.scope !== 'instance' || ownInstance) && (
              <Button
                look="quiet"
                aria-label={t('rotateNamed', { name: key.name })}
                onClick={() => onOpen({ what: 'rotate', key })}
              >
                {t('rotate')}
              </Button>
            )}
            <Button
              look="quiet"
              aria-label={t('revokeNamed', { name: key.name })}
              onClick={() => onOpen({ what: 'revoke', key })}
            >
              {t('revoke')}
            </Button>
          </>
        ),
    },
  ];
}

/** What the key may do, from where and how fast. */
function Limits({ apiKey: { scope, origins, rate } }: { apiKey: ApiKey }) {
  const t = useTexts(keysTexts);
  const name = t(`scope_${scope}`);
  return (
    <>
      <span className="cell-note" title={origins.join('\n')}>
        {origins.length === 0 ? name : t('origins', { scope: name, count: origins.length })}
      </span>
      {rate !== null && (
        <span className="cell-note">
          {t('rateShown', { perSecond: rate.per_second, burst: rate.burst })}
        </span>
      )}
    </>
  );
}

function LastUsed({ apiKey, now }: { apiKey: ApiKey; now: number }) {
  const t = useTexts(keysTexts);
  const { last_used: last, events_30d: recent } = apiKey;
  if (last === null) return recent === null ? t('unknownUse') : t('neverUsed');
  return (
    <span>
      <Ago value={last} now={now} />
      {recent !== null && (
        <span className="cell-note" title={count(recent)}>
          {t('recent', { events: short(recent) })}
        </span>
      )}
    </span>
  );
}
