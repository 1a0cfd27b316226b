import { type UseQueryResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keysQuery, revokeKey } from '../../../api/keys';
import type { ApiKey } from '../../../api/model';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { Confirm } from '../../../ui/Confirm';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { Time } from '../../../ui/Time';
import { useNow } from '../../../ui/useNow';
import { keyState } from './keyState';
import { keysTexts } from './texts';

interface Props {
  keys: UseQueryResult<ApiKey[]>;
  projectId: string;
}

export function KeyTable({ keys, projectId }: Props) {
  const t = useTexts(keysTexts);
  const [revoking, setRevoking] = useState<ApiKey>();
  const columns = useColumns(projectId, setRevoking);
  return (
    <>
      <DataTable
        label={t('title')}
        columns={columns}
        rows={keys.data}
        rowKey={({ id }) => id}
        error={keys.error}
        onRetry={() => void keys.refetch()}
        empty={
          <Empty title={t('emptyTitle')}>
            <p>{t('emptyHelp')}</p>
          </Empty>
        }
      />
      {revoking !== undefined && (
        <Revoke apiKey={revoking} projectId={projectId} onClose={() => setRevoking(undefined)} />
      )}
    </>
  );
}

function useColumns(projectId: string, onRevoke: (key: ApiKey) => void): Column<ApiKey>[] {
  const t = useTexts(keysTexts);
  const now = useNow(30_000);
  const { manageProject } = useRights(projectId);
  return [
    { id: 'name', head: t('name'), cell: ({ name }) => name, sort: ({ name }) => name },
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
      id: 'scope',
      head: t('scope'),
      cell: ({ scope, origins }) => {
        const name = t(`scope_${scope}`);
        if (origins.length === 0) return name;
        const text = t('origins', { scope: name, count: origins.length });
        return <span title={origins.join('\n')}>{text}</span>;
      },
      sort: ({ scope }) => scope,
    },
    {
      id: 'created',
      head: t('created'),
      cell: (key) => <Time value={key.created_at} />,
      sort: (key) => key.created_at,
    },
    {
      id: 'expires',
      head: t('expires'),
      cell: (key) => (key.expires_at ? <Time value={key.expires_at} /> : t('never')),
      sort: (key) => key.expires_at ?? undefined,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (key) =>
        manageProject &&
        keyState(key, now).name === 'active' && (
          <Button
            look="quiet"
            aria-label={t('revokeNamed', { name: key.name })}
            onClick={() => onRevoke(key)}
          >
            {t('revoke')}
          </Button>
        ),
    },
  ];
}

interface RevokeProps {
  apiKey: ApiKey;
  projectId: string;
  onClose: () => void;
}

function Revoke({ apiKey, projectId, onClose }: RevokeProps) {
  const t = useTexts(keysTexts);
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeKey(apiKey.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keysQuery(projectId).queryKey });
      onClose();
    },
  });
  return (
    <Confirm
      title={t('revokeTitle', { name: apiKey.name })}
      action={t('revokeDo')}
      keep={t('revokeKeep')}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>{t('revokeHelp')}</p>
    </Confirm>
  );
}
