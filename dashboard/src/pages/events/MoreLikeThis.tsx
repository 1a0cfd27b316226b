import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sameRequestQuery } from '../../api/events';
import { duration } from '../../format/numbers';
import type { Raw, Scope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { type RawJson, member, scalarText } from '../../json/raw';
import { Status } from '../../ui/Badge';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { type EventsSearch, readEventsSearch } from './search';
import { eventsTexts } from './texts';

interface Props {
  id: string;
  event: RawJson;
  /** Project and time stay; every other filter gives way. */
  scope: Scope;
}

/** Ways from one event to its like: the same person, session, request or route. */
export function MoreLikeThis({ id, event, scope }: Props) {
  const t = useTexts(eventsTexts);
  const value = (key: string) => scalarText(member(event, key));
  const same = (
    [
      ['user', 'identifier', value('identifier')],
      ['session', 'session', value('session_id')],
      ['request', 'request', value('request_id')],
      ['route', 'route', value('route')],
    ] as const
  ).filter((each): each is typeof each & { 2: string } => each[2] !== undefined);
  const request = value('request_id');
  return (
    <>
      {same.length > 0 && (
        <section className="fields" aria-label={t('more')}>
          <h3>{t('more')}</h3>
          <p className="more-like">
            {same.map(([name, field, found]) => (
              <Link key={name} to="/events" search={{ ...scope, [field]: [found], event: id }}>
                {t(`more_${name}`)}
              </Link>
            ))}
          </p>
        </section>
      )}
      {request !== undefined && (
        <SameRequest
          id={id}
          request={request}
          project={value('project_id')}
          at={value('timestamp')}
        />
      )}
    </>
  );
}

interface SameRequestProps {
  id: string;
  request: string;
  project: string | undefined;
  at: string | undefined;
}

/** The other side of the same request: what the browser saw, what the services did. */
function SameRequest({ id, request, project, at }: SameRequestProps) {
  const t = useTexts(eventsTexts);
  const found = useQuery(sameRequestQuery(request, project, at));
  const others = found.data?.filter((each) => each.id !== id);
  return (
    <section className="fields" aria-label={t('sameRequest')}>
      <h3>{t('sameRequest')}</h3>
      {found.isPending && <Skeleton shape="lines" rows={1} />}
      {found.isError && <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />}
      {others?.length === 0 && <p className="muted">{t('sameRequestNone')}</p>}
      <ul className="same-request">
        {others?.map((each) => (
          <li key={each.id}>
            <Link to="/events" search={(before: Raw) => withEvent(before, each.id)}>
              <Status code={each.status_code} />
              <span className="mono">
                {each.method || each.event_type} {each.path}
              </span>
              <span className="muted">{each.service_name}</span>
              <span className="number muted">{duration(each.response_time)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The filters of the page it is opened from stay, as far as the list has them. */
function withEvent(before: Raw, event: string): EventsSearch {
  return { ...readEventsSearch(before), event };
}
