// One list of the page: a bar, a value and the change for each entry, and where its name leads.
import { Link } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import type { ChartTone } from '../../charts/series';
import type { Filters } from '../../filters/search';
import { Change } from './Change';
import type { Change as Known } from './compare';

export interface Entry {
  key: string;
  label: ReactNode;
  /** What the bar shows. */
  value: number;
  /** The value in words. */
  shown: string;
  note?: string;
  change: Known | undefined;
  /** The events behind the entry. */
  filters: Filters;
  action?: ReactNode;
}

interface Props {
  title: string;
  /** How it is counted, where that is not exactly of the time range. */
  counted: string | undefined;
  entries: readonly Entry[];
  /** Said when there is no entry. */
  nothing: string;
  tone: ChartTone;
  format: (value: number) => string;
  worse?: boolean;
}

export function Ranking(props: Props) {
  const { title, counted, entries, nothing, tone, format, worse = false } = props;
  const id = useId();
  const most = Math.max(1, ...entries.map(({ value }) => value));
  return (
    <section className="panel ranking" aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {counted !== undefined && <span className="ranking-counted">{counted}</span>}
      </header>
      {entries.length === 0 && <p className="ranking-none">{nothing}</p>}
      <ol aria-labelledby={id}>
        {entries.map((entry) => (
          <li key={entry.key} className="ranking-row">
            <Link to="/events" search={entry.filters} className="ranking-link">
              <span className="ranking-label">{entry.label}</span>
              <span className="number">{entry.shown}</span>
              <span className="ranking-track" aria-hidden="true">
                <span
                  className={`ranking-fill-${tone}`}
                  style={{ inlineSize: `${Math.max(1, (entry.value / most) * 100)}%` }}
                />
              </span>
              {entry.note !== undefined && <span className="ranking-note">{entry.note}</span>}
            </Link>
            <Change change={entry.change} format={format} worse={worse} />
            {entry.action}
          </li>
        ))}
      </ol>
    </section>
  );
}
