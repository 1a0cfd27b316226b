// The events of a session along a line, with the pauses between them. Arrow keys go from one to the next.
import { type KeyboardEvent, memo, useMemo, useState } from 'react';
import type { EventSession } from '../../api/eventSessions';
import type { EventSummary } from '../../api/model';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Status } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { MoreRows, type Pages } from '../../ui/MoreRows';
import { Time } from '../../ui/Time';
import { sessionsTexts } from './texts';
import { entriesOf, isError } from './timeline';

interface Props {
  session: EventSession;
  events: readonly EventSummary[];
  openId: string | undefined;
  onOpen: (id: string | undefined) => void;
  more: Pages;
}

export function Timeline({ session, events, openId, onOpen, more }: Props) {
  const t = useTexts(sessionsTexts);
  const [errorsOnly, setErrorsOnly] = useState(false);
  const start = Date.parse(session.session_start);
  const length = Math.max(1, Date.parse(session.session_end) - start);
  const entries = useMemo(
    () => entriesOf(errorsOnly ? events.filter(isError) : events, start),
    [events, errorsOnly, start],
  );
  return (
    <section className="panel timeline" aria-labelledby="timeline-title">
      <header className="panel-head">
        <h2 id="timeline-title">{t('timeline')}</h2>
        <Button aria-pressed={errorsOnly} onClick={() => setErrorsOnly(!errorsOnly)}>
          <Icon name={errorsOnly ? 'check' : 'warning'} />
          {t('errorsOnly')}
        </Button>
      </header>
      {entries.length === 0 && <p className="timeline-none">{t('noErrors')}</p>}
      <ol className="timeline-list" aria-labelledby="timeline-title" onKeyDown={walk}>
        {entries.map((entry) =>
          entry.kind === 'gap' ? (
            <li key={entry.key} className="timeline-gap">
              {t('gap', { time: duration(entry.ms) })}
            </li>
          ) : (
            <Step
              key={entry.event.id}
              event={entry.event}
              offset={entry.offset}
              length={length}
              open={entry.event.id === openId}
              onOpen={onOpen}
            />
          ),
        )}
      </ol>
      <MoreRows of={more} label={t('more')} />
    </section>
  );
}

interface StepProps {
  event: EventSummary;
  offset: number;
  length: number;
  open: boolean;
  onOpen: (id: string) => void;
}

const Step = memo(function Step({ event, offset, length, open, onOpen }: StepProps) {
  const t = useTexts(sessionsTexts);
  const wrong = isError(event);
  const left = Math.min(100, Math.max(0, (offset / length) * 100));
  const wide = Math.min(100 - left, (event.response_time / length) * 100);
  return (
    <li className="timeline-step" data-error={wrong || undefined}>
      <button
        type="button"
        id={event.id}
        className="timeline-event"
        aria-pressed={open}
        onClick={() => onOpen(event.id)}
      >
        <span className="timeline-time mono">
          <Time value={event.timestamp} look="clock" />
        </span>
        <span
          className="timeline-offset number muted"
          title={t('after', { time: duration(Math.max(0, offset)) })}
        >
          +{duration(Math.max(0, offset))}
        </span>
        <Status code={event.status_code} />
        <span className="timeline-what mono">
          {wrong && <span className="visually-hidden">{t('errorMark')}: </span>}
          <b>{event.method || event.event_type}</b> {event.path}
        </span>
        <span className="timeline-service muted">{event.service_name}</span>
        <span className="timeline-track" aria-hidden="true">
          <span style={{ insetInlineStart: `${left}%`, inlineSize: `${wide}%` }} />
        </span>
        <span className="timeline-took number mono">{duration(event.response_time)}</span>
      </button>
    </li>
  );
});

/** Up and down, from event to event. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step === undefined) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('.timeline-event')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = all[at + step];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
