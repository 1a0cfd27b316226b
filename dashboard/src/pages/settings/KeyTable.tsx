import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keysQuery, revokeKey } from '../../api/keys';
import type { ApiKey } from '../../api/model';
import { Badge } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorNotice } from '../../ui/Notice';
import { Time } from '../../ui/Time';
import { useNow } from '../../ui/useNow';
import { keyState } from './keyState';

const SCOPES: Record<string, string> = {
  project: 'Project',
  instance: 'Installation',
  browser: 'Browser',
};

export function KeyTable({ keys, projectId }: { keys: readonly ApiKey[]; projectId: string }) {
  const [revoking, setRevoking] = useState<ApiKey>();
  const now = useNow(30_000);
  return (
    <div className="panel table-scroll" tabIndex={0} role="region" aria-label="API keys">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Scope</th>
            <th scope="col">Created</th>
            <th scope="col">Expires</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => {
            const state = keyState(key, now);
            return (
              <tr key={key.id}>
                <th scope="row">{key.name}</th>
                <td>
                  <Badge tone={state.tone}>{state.label}</Badge>
                </td>
                <td title={key.origins.join('\n') || undefined}>
                  {SCOPES[key.scope] ?? key.scope}
                  {key.origins.length > 0 && ` (${key.origins.length} origins)`}
                </td>
                <td>
                  <Time value={key.created_at} />
                </td>
                <td>{key.expires_at ? <Time value={key.expires_at} /> : 'Never'}</td>
                <td className="row-actions">
                  {state.label === 'Active' && (
                    <Button look="quiet" onClick={() => setRevoking(key)}>
                      Revoke<span className="visually-hidden"> {key.name}</span>
                    </Button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {revoking !== undefined && (
        <Revoke apiKey={revoking} projectId={projectId} onClose={() => setRevoking(undefined)} />
      )}
    </div>
  );
}

interface RevokeProps {
  apiKey: ApiKey;
  projectId: string;
  onClose: () => void;
}

function Revoke({ apiKey, projectId, onClose }: RevokeProps) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeKey(apiKey.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keysQuery(projectId).queryKey });
      onClose();
    },
  });
  return (
    <Dialog title={`Revoke “${apiKey.name}”?`} onClose={onClose}>
      <p>
        Services that use this key are refused from now on. This cannot be undone. Events already
        received stay.
      </p>
      {revoke.isError && <ErrorNotice error={revoke.error} />}
      <footer className="form-actions">
        <Button onClick={onClose} autoFocus>
          Keep the key
        </Button>
        <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke key
        </Button>
      </footer>
    </Dialog>
  );
}
