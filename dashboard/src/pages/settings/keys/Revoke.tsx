import { keysQuery, revokeKey } from '../../../api/keys';
import type { ApiKey } from '../../../api/model';
import { useTexts } from '../../../i18n/catalogue';
import { Destroy } from '../Destroy';
import { keysTexts } from './texts';

interface Props {
  apiKey: ApiKey;
  projectId: string;
  onClose: () => void;
}

export function Revoke({ apiKey, projectId, onClose }: Props) {
  const t = useTexts(keysTexts);
  return (
    <Destroy
      title={t('revokeTitle', { name: apiKey.name })}
      action={t('revokeDo')}
      keep={t('revokeKeep')}
      typed={apiKey.name}
      act={() => revokeKey(apiKey.id)}
      list={keysQuery(projectId).queryKey}
      done={t('revoked', { name: apiKey.name })}
      onClose={onClose}
    >
      <p>{t('revokeHelp')}</p>
      {apiKey.replaced_by === null && <p>{t('revokeRather')}</p>}
    </Destroy>
  );
}
