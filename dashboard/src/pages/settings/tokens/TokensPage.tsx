import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonalToken } from '../../../api/model';
import { revokeToken, tokensQuery } from '../../../api/tokens';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { Ago, Time } from '../../../ui/Time';
import { useNow } from '../../../ui/useNow';
import { usePageTitle } from '../../../ui/usePageTitle';
import { Destroy } from '../Destroy';
import { Make } from '../Make';
import { SectionHead } from '../SectionHead';
import { NewToken } from './NewToken';
import { tokensTexts } from './texts';

export function TokensPage() {
  const t = useTexts(tokensTexts);
  usePageTitle(t('title'));
  const tokens = useQuery(tokensQuery);
  const [revoking, setRevoking] = useState<PersonalToken>();
  return (
    <section aria-label={t('title')}>
      <SectionHead title={t('title')} lead={t('lead')}>
        <Make text={t('make')}>{(onClose) => <NewToken onClose={onClose} />}</Make>
      </SectionHead>
      <DataTable
        label={t('title')}
        columns={useColumns(setRevoking)}
        rows={tokens.data}
        rowKey={({ id }) => id}
        error={tokens.error}
        onRetry={() => void tokens.refetch()}
        empty={
          <Empty title={t('emptyTitle')}>
            <p>{t('emptyHelp')}</p>
          </Empty>
        }
      />
      {revoking !== undefined && <Revoke token={revoking} onClose={() => setRevoking(undefined)} />}
    </section>
  );
}

function useColumns(onRevoke: (token: PersonalToken) => void): readonly Column<PersonalToken>[] {
  const t = useTexts(tokensTexts);
  const now = useNow(30_000);
  return [
    {
      id: 'name',
      head: t('name'),
      cell: ({ name, active }) => (
        <>
          <span className="cell-name">{name}</span>
          {!active && <Badge tone="warn">{t('over')}</Badge>}
        </>
      ),
      sort: ({ name }) => name,
    },
    {
      id: 'scopes',
      head: t('scopes'),
      cell: ({ scopes }) => scopes.map((scope) => t(`scope_${scope}`)).join(', '),
    },
    {
      id: 'used',
      head: t('used'),
      cell: (token) =>
        token.last_used_at === null ? t('neverUsed') : <Ago value={token.last_used_at} now={now} />,
      sort: (token) => token.last_used_at ?? undefined,
    },
    {
      id: 'expires',
      head: t('expires'),
      cell: (token) => (token.expires_at === null ? t('never') : <Time value={token.expires_at} />),
      sort: (token) => token.expires_at ?? undefined,
    },
    {
      id: 'created',
      head: t('created'),
      cell: (token) => <Time value={token.created_at} look="day" />,
      sort: (token) => token.created_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (token) => (
        <Button
          look="quiet"
          aria-label={t('revokeNamed', { name: token.name })}
          onClick={() => onRevoke(token)}
        >
          {t('revoke')}
        </Button>
      ),
    },
  ];
}

function Revoke({ token, onClose }: { token: PersonalToken; onClose: () => void }) {
  const t = useTexts(tokensTexts);
  return (
    <Destroy
      title={t('revokeTitle', { name: token.name })}
      action={t('revokeDo')}
      keep={t('revokeKeep')}
      // One that is over lets nobody in: there is nothing to break.
      typed={token.active ? token.name : undefined}
      act={() => revokeToken(token.id)}
      list={tokensQuery.queryKey}
      done={t('revoked', { name: token.name })}
      onClose={onClose}
    >
      <p>{t('revokeHelp')}</p>
    </Destroy>
  );
}
