import type { ReactNode } from 'react';
import type { EventSession } from '../../api/eventSessions';
import type { EventSummary } from '../../api/model';
import { count, duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Badge } from '../../ui/Badge';
import { Time } from '../../ui/Time';
import { sessionsTexts } from './texts';
import { summaryOf } from './timeline';

interface Props {
  session: EventSession;
  /** Those that are shown; there may be more. */
  events: readonly EventSummary[];
}

export function SessionFigures({ session, events }: Props) {
  const t = useTexts(sessionsTexts);
  const { errors, paused, services } = summaryOf(events);
  const partly = events.length < session.event_count ? t('loadedOnly') : undefined;
  return (
    <dl className="panel session-figures" aria-label={t('figures')}>
      <Figure label={t('kind')}>
        <Badge>{t(`kind_${session.kind}`)}</Badge>
      </Figure>
      <Figure label={t('from')}>
        <Time value={session.session_start} look="clock" />
      </Figure>
      <Figure label={t('to')}>
        <Time value={session.session_end} look="clock" />
      </Figure>
      <Figure label={t('length')}>
        {session.duration_seconds === 0 ? t('moment') : duration(session.duration_seconds * 1_000)}
      </Figure>
      <Figure label={t('events')} note={t('services', { count: services })}>
        {count(session.event_count)}
      </Figure>
      <Figure label={t('errors')} tone={errors > 0 ? 'bad' : undefined} note={partly}>
        {count(errors)}
      </Figure>
      <Figure label={t('paused')} note={partly}>
        {paused === 0 ? '–' : duration(paused)}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  label: string;
  tone?: 'bad' | undefined;
  note?: string | undefined;
  children: ReactNode;
}

function Figure({ label, tone, note, children }: FigureProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-tone={tone}>
        {children}
        {note !== undefined && <span className="figure-note">{note}</span>}
      </dd>
    </div>
  );
}
