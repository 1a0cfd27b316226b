// What one sees first: whether anything was lost, and the counts that prove it.
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { LossIncident, Pipeline, PipelineHours } from '../../api/pipeline';
import { count, duration } from '../../format/numbers';
import { shortTime, utc } from '../../format/time';
import { useTexts } from '../../i18n/catalogue';
import { type Range, rangeLabel, rangeUtc } from '../../time/range';
import { Icon } from '../../ui/Icon';
import { Skeleton } from '../../ui/Skeleton';
import { Ago, Time } from '../../ui/Time';
import { pipelineTexts } from './texts';
import { type Sum, TONES, type Verdict as Known, sumOf, verdictOf } from './verdict';

interface Props {
  pipeline: Pipeline;
  hours: PipelineHours | undefined;
  losses: readonly LossIncident[] | undefined;
  /** Whether hours or losses could not be had. */
  failed: boolean;
  range: Range;
  now: number;
  /** Whether the reader may see the comparisons. */
  books: boolean;
}

export function Verdict({ pipeline, hours, losses, failed, range, now, books }: Props) {
  const t = useTexts(pipelineTexts);
  const verdict = verdictOf({ pipeline, hours, losses, failed, now });
  const sum = useMemo(() => (hours === undefined ? undefined : sumOf(hours.data)), [hours]);
  const tone = TONES[verdict.kind];
  return (
    <section className={`panel verdict verdict-${tone}`} aria-labelledby="verdict-title">
      <div className="verdict-word" role="status">
        <span className="verdict-mark">
          <Icon name={tone === 'good' ? 'check' : tone === 'info' ? 'info' : 'warning'} />
        </span>
        <div>
          <h2 id="verdict-title">{t(`verdict_${verdict.kind}`)}</h2>
          <p>
            <Words verdict={verdict} range={range} />
            {books && (verdict.kind === 'lost' || verdict.kind === 'incident') && (
              <>
                {' '}
                <Link from="/pipeline" to="." search={(all) => ({ ...all, view: 'books' })}>
                  {t('toBooks')}
                </Link>
              </>
            )}
          </p>
        </div>
      </div>
      {sum !== undefined ? (
        <Proof sum={sum} />
      ) : failed ? (
        <p className="proof-place muted">{t('noCounts')}</p>
      ) : (
        <div className="proof-place placed">
          <Skeleton />
        </div>
      )}
      <Pulse pipeline={pipeline} now={now} />
    </section>
  );
}

function Words({ verdict, range }: { verdict: Known; range: Range }) {
  const t = useTexts(pipelineTexts);
  switch (verdict.kind) {
    case 'lost':
      return [
        ...(verdict.events > 0 ? [t('lostEvents', { count: verdict.events })] : []),
        ...(verdict.records > 0 ? [t('lostRecords', { count: verdict.records })] : []),
      ].join(' ');
    case 'kafkaDown':
      if (verdict.since === null) return t('kafkaDown');
      return (
        <>
          <span title={utc(verdict.since)}>
            {t('kafkaSince', { time: shortTime(verdict.since) })}
          </span>{' '}
          {t('kafkaDown')}
        </>
      );
    case 'unseen':
      return t('unseen');
    case 'late':
      return t('late', { time: duration(verdict.seconds * 1_000) });
    case 'incident':
      return t('incidents', { count: verdict.number });
    case 'rollups':
      return t('rollupsDiffer', { count: verdict.number });
    case 'unproven':
      return t('neverCompared');
    case 'stopped':
      return (
        <span title={utc(verdict.since)}>
          {t('notComparedSince', { time: shortTime(verdict.since) })}
        </span>
      );
    case 'asking':
      return t('asking');
    case 'uncounted':
      return t('uncounted');
    case 'idle':
      return <span title={rangeUtc(range)}>{t('idle', { range: rangeLabel(range) })}</span>;
    case 'whole':
      return (
        <span title={rangeUtc(range)}>
          {t('whole', { count: verdict.accepted, range: rangeLabel(range) })}
        </span>
      );
  }
}

/** Accepted = stored + … + missing: the sum itself, so that everybody can do it again. */
function Proof({ sum }: { sum: Sum }) {
  const t = useTexts(pipelineTexts);
  return (
    <dl className="proof" aria-label={t('proof')}>
      <Term label={t('accepted')} value={sum.accepted} />
      <Term sign="=" label={t('stored')} value={sum.stored} />
      <Term
        sign="+"
        label={t('deadLettered')}
        value={sum.deadLettered}
        tone={sum.deadLettered > 0 ? 'warn' : undefined}
      />
      <Term sign="+" label={t('repeated')} value={sum.repeated} />
      <Term sign="+" label={t('removed')} value={sum.removed} />
      <Term
        sign="+"
        label={t('missing')}
        value={sum.missing}
        tone={sum.missing > 0 ? 'bad' : 'good'}
      />
      {sum.surplus > 0 && <Term sign="−" label={t('surplus')} value={sum.surplus} tone="bad" />}
      {sum.masked !== undefined && <Term label={t('masked')} value={sum.masked} beside />}
    </dl>
  );
}

interface TermProps {
  sign?: string;
  label: string;
  value: number;
  tone?: 'good' | 'warn' | 'bad' | undefined;
  /** No part of the sum. */
  beside?: boolean;
}

function Term({ sign, label, value, tone, beside = false }: TermProps) {
  return (
    <div className="proof-term" data-beside={beside || undefined}>
      <dt>{label}</dt>
      <dd data-tone={tone}>
        {sign !== undefined && (
          <span className="proof-sign" aria-hidden="true">
            {sign}
          </span>
        )}
        <b>{count(value)}</b>
      </dd>
    </div>
  );
}

/** How far behind the line is at this moment. */
function Pulse({ pipeline, now }: { pipeline: Pipeline; now: number }) {
  const t = useTexts(pipelineTexts);
  const { fresh_as_of, lag_seconds, observed_at, instance, books } = pipeline;
  return (
    <dl className="pulse" aria-label={t('pulse')}>
      <Beat label={t('freshAsOf')}>
        {fresh_as_of === null ? t('notKnown') : <Time value={fresh_as_of} look="clock" />}
      </Beat>
      <Beat label={t('lag')} tone={pipeline.state === 'late' ? 'warn' : undefined}>
        {lag_seconds === null ? t('notKnown') : duration(lag_seconds * 1_000)}
      </Beat>
      {instance !== null && (
        <Beat label={t('waitingRecords')}>
          {count(instance.waiting_records)}
          {instance.oldest_waiting_at !== null && (
            <span className="pulse-note">
              {t('oldest')} <Ago value={instance.oldest_waiting_at} now={now} />
            </span>
          )}
        </Beat>
      )}
      <Beat label={t('comparedUntil')}>
        {books.compared_until === null ? t('never') : <Time value={books.compared_until} />}
      </Beat>
      <Beat label={t('lookedAt')}>
        {observed_at === null ? t('never') : <Ago value={observed_at} now={now} />}
      </Beat>
    </dl>
  );
}

interface BeatProps {
  label: string;
  tone?: 'warn' | undefined;
  children: ReactNode;
}

function Beat({ label, tone, children }: BeatProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-tone={tone}>{children}</dd>
    </div>
  );
}
