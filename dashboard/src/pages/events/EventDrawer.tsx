import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { ApiError } from '../../api/errors';
import { eventQuery } from '../../api/events';
import type { Filters, Scope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { member, parseRaw } from '../../json/raw';
import { IconButton } from '../../ui/Button';
import { CopyButton } from '../../ui/CopyButton';
import { Icon } from '../../ui/Icon';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Change } from './Change';
import { EventFields } from './EventFields';
import { MoreLikeThis } from './MoreLikeThis';
import { BODIES } from './fields';
import { eventsTexts } from './texts';

interface Props {
  id: string;
  /** Project and time in view: where the like of this event is looked for. */
  scope: Scope;
  onFilter: (part: Filters) => void;
  onClose: () => void;
}

/** Everything known about one event. The list beside it stays usable. */
export function EventDrawer({ id, scope, onFilter, onClose }: Props) {
  const t = useTexts(eventsTexts);
  const event = useQuery(eventQuery(id));
  const parsed = useMemo(() => parse(event.data), [event.data]);
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    // Moving through the list with the drawer open must not take the keys away from the list.
    if (document.activeElement?.id !== 'events') ref.current?.focus();
  }, []);

  return (
    <aside ref={ref} className="drawer" tabIndex={-1} aria-label={t('details')}>
      <header className="drawer-head">
        <h2>{t('event')}</h2>
        <span className="drawer-id mono">{id}</span>
        <CopyButton text={id} label={t('copyId')} />
        <CopyButton text={() => window.location.href} label={t('copyLink')} icon="link" />
        <IconButton label={t('closeDetails')} onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </header>
      <div className="drawer-body" tabIndex={0} role="region" aria-label={t('fieldsOf')}>
        {event.isPending && <Skeleton />}
        {event.isError && <Failure error={event.error} onRetry={() => void event.refetch()} />}
        {event.data !== undefined && parsed === undefined && (
          <pre className="json">{event.data}</pre>
        )}
        {parsed !== undefined && (
          <>
            <Change bodies={BODIES.map(({ key }) => member(parsed, key))} />
            <EventFields event={parsed} onFilter={onFilter} />
            <MoreLikeThis id={id} event={parsed} scope={placeOf(scope)} />
          </>
        )}
      </div>
    </aside>
  );
}

function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTexts(eventsTexts);
  if (error instanceof ApiError && error.status === 404) {
    return <p className="drawer-missing">{t('missing')}</p>;
  }
  return <ErrorNotice error={error} onRetry={onRetry} />;
}

/** Nothing when the text is not JSON after all; it is then shown as it is. */
function parse(text: string | undefined) {
  if (text === undefined) return undefined;
  try {
    return parseRaw(text);
  } catch {
    return undefined;
  }
}

/** What stays when one looks for the like of an event: where and when, not what. */
function placeOf({ project, range, from, to }: Scope): Scope {
  return { project, range, from, to };
}
