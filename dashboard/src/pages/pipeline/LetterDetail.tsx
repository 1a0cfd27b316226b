// One letter: why, where it lay in Kafka, and what may be shown of its event.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { deadLetterQuery } from '../../api/deadLetters';
import { ApiError } from '../../api/errors';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { toText } from '../../json/lines';
import { type RawJson, member, parseRaw, scalarText } from '../../json/raw';
import { CopyButton } from '../../ui/CopyButton';
import { Dialog } from '../../ui/Dialog';
import { Fact } from '../../ui/Fact';
import { JsonTree } from '../../ui/JsonTree';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Time } from '../../ui/Time';
import { reasonWord } from './reasons';
import { pipelineTexts } from './texts';

export function LetterDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTexts(pipelineTexts);
  const query = useQuery(deadLetterQuery(id));
  const letter = useMemo(
    () => (query.data === undefined ? undefined : parseRaw(query.data)),
    [query.data],
  );
  const gone = query.error instanceof ApiError && query.error.status === 404;
  return (
    <Dialog title={t('letter')} look="drawer" onClose={onClose}>
      {query.isPending && <Skeleton />}
      {gone && <p className="muted">{t('letterGone')}</p>}
      {query.isError && !gone && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {letter !== undefined && <Known letter={letter} />}
    </Dialog>
  );
}

function Known({ letter }: { letter: RawJson }) {
  const t = useTexts(pipelineTexts);
  const text = (name: string) => scalarText(member(letter, name)) ?? '';
  const event = member(letter, 'event');
  const replay = member(letter, 'replay');
  return (
    <>
      <p className="letter-why">
        <b>{reasonWord(text('reason'))}</b>
        <span className="cell-note">{text('detail')}</span>
      </p>
      <dl className="letter-facts">
        <Fact label={t('written')}>
          <Time value={text('written_at')} />
        </Fact>
        <Fact label={t('service')}>{text('service_name') || '–'}</Fact>
        <Fact label={t('eventId')}>
          <span className="mono">{text('event_id') || '–'}</span>
        </Fact>
        <Fact label={t('place')}>
          <span className="mono">
            {t('placeIs', { partition: text('partition'), offset: text('offset') })}
          </span>
        </Fact>
        <Fact label={t('letterId')}>
          <span className="mono">{text('id')}</span>
        </Fact>
        <Fact label={t('sha256')}>
          <span className="mono letter-hash">{text('sha256')}</span>
        </Fact>
        {replay?.kind === 'object' && <Replayed replay={replay} />}
      </dl>
      {event?.kind === 'object' ? <Event event={event} /> : <p className="muted">{t('noEvent')}</p>}
    </>
  );
}

function Replayed({ replay }: { replay: RawJson }) {
  const t = useTexts(pipelineTexts);
  const text = (name: string) => scalarText(member(replay, name)) ?? '';
  return (
    <Fact label={t('replayed')}>
      {text('published') === 'true' ? t('published') : t('notPublished')}{' '}
      <Time value={text('at')} />
      <span className="cell-note">{text('why')}</span>
    </Fact>
  );
}

function Event({ event }: { event: RawJson }) {
  const t = useTexts(pipelineTexts);
  const common = useCommon();
  return (
    <section aria-labelledby="letter-event">
      <header className="pipeline-row">
        <h3 id="letter-event">{t('event')}</h3>
        <CopyButton text={() => toText(event)} label={common('copyThing', { thing: t('event') })} />
      </header>
      <p className="muted pipeline-lead">{t('eventHelp')}</p>
      <div className="json">
        <JsonTree label={t('eventJson')} value={event} />
      </div>
    </section>
  );
}
