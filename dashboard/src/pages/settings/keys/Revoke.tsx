import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keysQuery, revokeKey } from '../../../api/keys';
import type { ApiKey } from '../../../api/model';
import { useTexts } from '../../../i18n/catalogue';
import { Confirm } from '../../../ui/Confirm';
import { toast } from '../../../ui/toast';
import { keysTexts } from './texts';

interface Props {
  apiKey: ApiKey;
  projectId: string;
  onClose: () => void;
}

export function Revoke({ apiKey, projectId, onClose }: Props) {
  const t = useTexts(keysTexts);
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeKey(apiKey.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keysQuery(projectId).queryKey });
      toast(t('revoked', { name: apiKey.name }));
      onClose();
    },
  });
  return (
    <Confirm
      title={t('revokeTitle', { name: apiKey.name })}
      action={t('revokeDo')}
      keep={t('revokeKeep')}
      typed={apiKey.name}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>{t('revokeHelp')}</p>
      {apiKey.replaced_by === null && <p>{t('revokeRather')}</p>}
    </Confirm>
  );
}
