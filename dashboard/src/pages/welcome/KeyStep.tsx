import { useMutation } from '@tanstack/react-query';
import { fetchEvents } from '../../api/events';
import { createKey } from '../../api/keys';
import type { Project } from '../../api/model';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { ErrorNotice } from '../../ui/Notice';
import type { Begun } from './WelcomePage';
import { welcomeTexts } from './texts';

interface Props {
  project: Project;
  onDone: (begun: Begun) => void;
}

export function KeyStep({ project, onDone }: Props) {
  const t = useTexts(welcomeTexts);
  const make = useMutation({
    mutationFn: async (): Promise<Begun> => {
      // What is there before the key exists did not come with it.
      const { data } = await fetchEvents({ project: project.id }, null);
      const body = { project_id: project.id, name: t('keyName'), scope: 'project' as const };
      const { key } = await createKey(body);
      return { key, known: new Set(data.map(({ id }) => id)) };
    },
    // The answer holds the key: it must not stay in the cache.
    gcTime: 0,
    onSuccess: onDone,
  });
  return (
    <div className="form">
      <p className="muted">{t('keyHelp')}</p>
      {make.isError && <ErrorNotice error={make.error} />}
      <div>
        <Button look="primary" autoFocus busy={make.isPending} onClick={() => make.mutate()}>
          {t('keyMake')}
        </Button>
      </div>
    </div>
  );
}
