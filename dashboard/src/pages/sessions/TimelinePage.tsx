import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ApiError } from '../../api/errors';
import { eventSessionQuery } from '../../api/eventSessions';
import { type Filters, filtersOf } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { WithDrawer } from '../../layout/WithDrawer';
import { CopyButton } from '../../ui/CopyButton';
import { Icon } from '../../ui/Icon';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { usePageTitle } from '../../ui/usePageTitle';
import { EventDrawer } from '../events/EventDrawer';
import { SessionFigures } from './SessionFigures';
import { Timeline } from './Timeline';
import { sessionsTexts } from './texts';
import { filtersFor } from './timeline';
import '../../ui/backLink.css';
import '../events/drawer.css';
import './sessions.css';

export function TimelinePage() {
  const t = useTexts(sessionsTexts);
  usePageTitle(t('timelineTitle'));
  const search = useSearch({ from: '/shell/sessions/timeline' });
  const navigate = useNavigate({ from: '/sessions/timeline' });
  const { id, of, event } = search;

  function open(next: string | undefined) {
    const before = event;
    void navigate({ search: (previous) => ({ ...previous, event: next }) });
    if (next === undefined && before !== undefined) document.getElementById(before)?.focus();
  }

  return (
    <WithDrawer
      drawer={
        event !== undefined && (
          <EventDrawer
            key={event}
            id={event}
            scope={scoped({})}
            onFilter={(part: Filters) => void navigate({ to: '/events', search: scoped(part) })}
            onClose={() => open(undefined)}
          />
        )
      }
    >
      <Link to="/sessions" search={filtersOf(search)} className="back-link">
        <Icon name="down" />
        {t('back')}
      </Link>
      {id === undefined ? (
        <Empty title={t('noneTitle')}>
          <p>{t('noneHelp')}</p>
        </Empty>
      ) : (
        <Session id={id} projectId={of} openId={event} onOpen={open} />
      )}
    </WithDrawer>
  );

  function scoped(part: Filters): Filters {
    const { project, range, from, to } = filtersOf(search);
    return { project: of ?? project, range, from, to, ...part };
  }
}

interface SessionProps {
  id: string;
  projectId: string | undefined;
  openId: string | undefined;
  onOpen: (id: string | undefined) => void;
}

function Session({ id, projectId, openId, onOpen }: SessionProps) {
  const t = useTexts(sessionsTexts);
  const query = useInfiniteQuery(eventSessionQuery(id, projectId));
  const events = useMemo(() => query.data?.pages.flatMap((page) => page.events), [query.data]);
  const session = query.data?.pages[0];
  if (query.error instanceof ApiError && query.error.status === 404) {
    return (
      <Empty title={t('goneTitle')}>
        <p>{t('goneHelp')}</p>
      </Empty>
    );
  }
  const failed = query.isError && !query.isFetchNextPageError && (
    <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
  );
  if (session === undefined || events === undefined) return failed || <Skeleton shape="page" />;
  return (
    <>
      {failed}
      <header className="page-head">
        <h1 className="session-title">
          {session.identifier || t('nobody')} <span className="muted">{session.service_name}</span>
        </h1>
        <div className="page-actions">
          <CopyButton text={() => window.location.href} label={t('copyLink')} icon="link" />
          <Link to="/events" search={filtersFor(session)} className="button">
            <Icon name="events" />
            {t('showEvents')}
          </Link>
        </div>
      </header>
      <SessionFigures session={session} events={events} />
      <Timeline session={session} events={events} openId={openId} onOpen={onOpen} more={query} />
    </>
  );
}
