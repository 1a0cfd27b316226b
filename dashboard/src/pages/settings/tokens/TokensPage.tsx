import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonalToken } from '../../../api/model';
import { revokeToken, tokensQuery } from '../../../api/tokens';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { Confirm } from '../../../ui/Confirm';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Icon } from '../../../ui/Icon';
import { Empty } from '../../../ui/Notice';
import { Ago, Time } from '../../../ui/Time';
import { toast } from '../../../ui/toast';
import { useNow } from '../../../ui/useNow';
import { usePageTitle } from '../../../ui/usePageTitle';
import { SectionHead } from '../SectionHead';
import { NewToken } from './NewToken';
import { tokensTexts } from './texts';

export function TokensPage() {
  const t = useTexts(tokensTexts);
  usePageTitle(t('title'));
  const tokens = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<PersonalToken>();
  return (
    <section aria-label={t('title')}>
      <SectionHead title={t('title')} lead={t('lead')}>
        <Button look="primary" onClick={() => setMaking(true)}>
          <Icon name="plus" />
          {t('make')}
        </Button>
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
      {making && <NewToken onClose={() => setMaking(false)} />}
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
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeToken(token.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: tokensQuery.queryKey });
      toast(t('revoked', { name: token.name }));
      onClose();
    },
  });
  return (
    <Confirm
      title={t('revokeTitle', { name: token.name })}
      action={t('revokeDo')}
      keep={t('revokeKeep')}
      // One that is over lets nobody in: there is nothing to break.
      {...(token.active ? { typed: token.name } : {})}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>{t('revokeHelp')}</p>
    </Confirm>
  );
}
