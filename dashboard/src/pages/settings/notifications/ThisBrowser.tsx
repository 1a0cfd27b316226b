import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../../api/errors';
import type { Project } from '../../../api/model';
import { meQuery } from '../../../api/session';
import { useTexts } from '../../../i18n/catalogue';
import { Switch } from '../../../ui/Field';
import { Banner, ErrorNotice } from '../../../ui/Notice';
import { Skeleton } from '../../../ui/Skeleton';
import { SectionHead } from '../SectionHead';
import { SentHere } from './SentHere';
import {
  type PushState,
  type Subscriber,
  pushState,
  subscriptionId,
  turnOff,
  turnOn,
} from './push';
import { notificationsTexts } from './texts';

/** Web Push: whether this browser shows alerts also while BatAudit is not open. */
export function ThisBrowser({ project }: { project: Project }) {
  const t = useTexts(notificationsTexts);
  const { data: me } = useQuery(meQuery);
  return (
    <section aria-label={t('browser')}>
      <SectionHead title={t('browser')} lead={t('browserLead')} />
      {me !== undefined && <Push project={project} userId={me.id} />}
    </section>
  );
}

function Push({ project, userId }: { project: Project; userId: string }) {
  const t = useTexts(notificationsTexts);
  const client = useQueryClient();
  const who: Subscriber = { userId, projectId: project.id };
  const queryKey = ['push', userId, project.id];
  const state = useQuery({ queryKey, queryFn: () => pushState(who) });
  const change = useMutation({
    mutationFn: (on: boolean) => (on ? turnOn(who) : turnOff(who)),
    onSuccess: (now) => client.setQueryData<PushState>(queryKey, now),
  });
  if (state.isError) {
    return <ErrorNotice error={state.error} onRetry={() => void state.refetch()} />;
  }
  if (state.data === undefined) return <Skeleton shape="lines" rows={1} />;
  if (state.data === 'unsupported' || state.data === 'insecure' || state.data === 'denied') {
    return <Banner tone="info">{t(`push_${state.data}`)}</Banner>;
  }
  return (
    <div className="panel settings-card">
      <Switch
        label={t('tellMe', { project: project.name })}
        hint={t(change.isPending ? 'push_busy' : `push_${state.data}`)}
        checked={state.data === 'on'}
        disabled={change.isPending}
        onChange={(on) => change.mutate(on)}
      />
      {change.error !== null && <Failed error={change.error} />}
      <SentHere
        id={state.data === 'on' ? subscriptionId(who) : undefined}
        onFailed={() => void state.refetch()}
      />
    </div>
  );
}

function Failed({ error }: { error: Error }) {
  const t = useTexts(notificationsTexts);
  // What is no answer of our server is the browser's, or its push service's, and in its own words.
  if (error instanceof ApiError) return <ErrorNotice error={error} />;
  return <Banner tone="bad">{t('pushFailed', { why: error.message })}</Banner>;
}
