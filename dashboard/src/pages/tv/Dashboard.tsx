import type { ReactNode } from 'react';
import type { Part, Summary, VolumeBucket } from '../../api/wallboard';
import { ChartTable } from '../../charts/ChartTable';
import { count, duration, percent, short } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Skeleton } from '../../ui/Skeleton';
import { Time } from '../../ui/Time';
import { Feed } from './Feed';
import { Monitors } from './Monitors';
import { Panel } from './Panel';
import type { ScreenSession } from './session';
import { tvTexts } from './texts';
import { type Live, useErrorRoutes, useVolume } from './useBoard';

interface Props {
  session: ScreenSession;
  part: Part;
  live: Live;
}

const ROUTES_SHOWN = 5;
const BUCKET_MS = 300_000;

export function Dashboard({ session, part, live }: Props) {
  return (
    <div className="tv-board">
      <Figures summary={live.summary} />
      <Volume session={session} part={part} />
      <Monitors session={session} part={part} />
      <Feed feed={live.feed} />
      <ErrorRoutes session={session} part={part} />
    </div>
  );
}

/** Whole as long as it can be read from afar. */
export function figure(value: number): string {
  return value < 100_000 ? count(value) : short(value);
}

function Figures({ summary }: { summary: Summary | undefined }) {
  const t = useTexts(tvTexts);
  const shown = (read: (known: Summary) => string) => (summary === undefined ? '–' : read(summary));
  const errors5 = summary?.errors_5xx ?? 0;
  const errors4 = summary?.errors_4xx ?? 0;
  const share = (part: number) => percent(part, summary?.events_today ?? 0);
  return (
    <dl className="tv-figures" aria-label={t('figures')}>
      <Figure label={t('events')} value={shown((known) => figure(known.events_today))} />
      <Figure
        label={t('errors5')}
        value={shown((known) => figure(known.errors_5xx))}
        note={share(errors5)}
        tone={errors5 > 0 ? 'bad' : undefined}
      />
      <Figure
        label={t('errors4')}
        value={shown((known) => figure(known.errors_4xx))}
        note={share(errors4)}
        tone={errors4 > 0 ? 'warn' : undefined}
      />
      <Figure
        label={t('average')}
        value={shown((known) => duration(Math.round(known.avg_response_ms)))}
      />
      <Figure label={t('services')} value={shown((known) => count(known.active_services))} />
    </dl>
  );
}

interface FigureProps {
  label: string;
  value: string;
  note?: ReactNode;
  tone?: 'warn' | 'bad' | undefined;
}

function Figure({ label, value, note, tone }: FigureProps) {
  return (
    <div className="tv-figure">
      <dt>{label}</dt>
      <dd className={tone === undefined ? undefined : `tv-${tone}`}>
        <b>{value}</b>
        {note !== undefined && <span className="tv-note">{note}</span>}
      </dd>
    </div>
  );
}

function Volume({ session, part }: { session: ScreenSession; part: Part }) {
  const t = useTexts(tvTexts);
  return (
    <Panel
      id="tv-volume"
      title={t('volume')}
      asked={useVolume(session, part)}
      look="tv-volume"
      waiting={<Skeleton />}
    >
      {(buckets) => buckets.length > 0 && <Bars buckets={buckets} />}
    </Panel>
  );
}

function Bars({ buckets }: { buckets: readonly VolumeBucket[] }) {
  const t = useTexts(tvTexts);
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const [first, last] = [buckets[0], buckets.at(-1)];
  return (
    <figure>
      <svg
        viewBox={`0 0 ${buckets.length * 10} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('volumeIs', { total, most })}
      >
        {buckets.map((bucket, at) => {
          const height = bucket.count === 0 ? 0 : Math.max(1, (bucket.count / most) * 100);
          return (
            <rect key={bucket.bucket} x={at * 10 + 1} y={100 - height} width="8" height={height} />
          );
        })}
      </svg>
      <ChartTable
        unseen
        title={t('volume')}
        times={buckets.map((bucket) => Date.parse(bucket.bucket))}
        step={BUCKET_MS}
        series={[
          { name: t('eventsIn'), tone: 'good', values: buckets.map((bucket) => bucket.count) },
        ]}
        format={count}
      />
      <figcaption>
        <span>{first && <Time value={first.bucket} look="minute" />}</span>
        <span>{t('peak', { number: most })}</span>
        <span>{last && <Time value={last.bucket} look="minute" />}</span>
      </figcaption>
    </figure>
  );
}

function ErrorRoutes({ session, part }: { session: ScreenSession; part: Part }) {
  const t = useTexts(tvTexts);
  return (
    <Panel id="tv-errors" title={t('errorRoutes')} asked={useErrorRoutes(session, part)}>
      {(routes) => (
        <>
          {routes.length === 0 && <p className="tv-dim">{t('noErrors')}</p>}
          <ul className="tv-list">
            {routes.slice(0, ROUTES_SHOWN).map((route) => (
              <li key={`${route.method} ${route.path}`}>
                <span className="tv-name">
                  <b>{route.method}</b> {route.path}
                </span>
                <span className="tv-bad">{figure(route.error_count)}</span>
                <span className="tv-dim">{percent(route.error_rate, 100)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
