import type { ReactNode } from 'react';
import { timeOf, utc } from '../../format/time';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { Skeleton } from '../../ui/Skeleton';
import { tvTexts } from './texts';
import type { Asked } from './useBoard';

interface Props<T> {
  id: string;
  title: ReactNode;
  asked: Asked<T>;
  /** Its own class beside that of every panel. */
  look?: string;
  /** What holds the place of what is awaited. */
  waiting?: ReactNode;
  children: (data: T) => ReactNode;
}

/** A part of the board with an answer of its own, which may be late or old while the rest is live. */
export function Panel<T>({ id, title, asked, look, waiting, children }: Props<T>) {
  return (
    <section className={look === undefined ? 'tv-panel' : `tv-panel ${look}`} aria-labelledby={id}>
      <header className="tv-panel-head">
        <h2 id={id}>{title}</h2>
        <NotUpToDate asked={asked} />
      </header>
      {asked.data === undefined
        ? !asked.failed && (waiting ?? <Skeleton shape="lines" rows={3} />)
        : children(asked.data)}
    </section>
  );
}

/** Says that the last question failed: old figures must not pass for new, nor a gap for nothing. */
export function NotUpToDate({ asked }: { asked: Asked<unknown> }) {
  const t = useTexts(tvTexts);
  if (!asked.failed) return null;
  if (asked.at === undefined) return <Sign>{t('missing')}</Sign>;
  return (
    <Sign title={utc(new Date(asked.at).toISOString())}>
      {t('stale', { time: timeOf(asked.at, false) })}
    </Sign>
  );
}

function Sign({ title, children }: { title?: string; children: string }) {
  return (
    <p className="tv-stale" role="status" title={title}>
      <Icon name="warning" />
      {children}
    </p>
  );
}
