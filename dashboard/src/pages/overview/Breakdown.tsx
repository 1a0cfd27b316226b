import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Stats } from '../../api/model';
import { type Bar, Bars } from '../../charts/Bars';
import { type Filters, STATUS_CLASSES, type Scope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { overviewTexts } from './texts';

const TONES = { '2xx': 'good', '3xx': 'info', '4xx': 'warn', '5xx': 'bad' } as const;

export function Breakdown({ stats, scope }: { stats: Stats; scope: Scope }) {
  const t = useTexts(overviewTexts);
  const classes = STATUS_CLASSES.map((name) => ({
    key: name,
    label: <span className="mono">{name}</span>,
    value: stats.by_status_class[name] ?? 0,
    tone: TONES[name],
  }));
  const methods = Object.entries(stats.by_method)
    .sort(([, a], [, b]) => b - a)
    .map(([method, value]) => ({
      key: method,
      label: <span className="mono">{method || t('noMethod')}</span>,
      value,
    }));
  const link = (filter: (key: string) => Filters) => (bar: Bar, children: ReactNode) => (
    <Link to="/events" search={{ ...scope, ...filter(bar.key) }} className="bars-row">
      {children}
    </Link>
  );
  return (
    <section className="panel breakdown" aria-labelledby="breakdown-title">
      <header className="panel-head">
        <h2 id="breakdown-title">{t('breakdown')}</h2>
      </header>
      <Bars
        label={t('byStatus')}
        bars={classes}
        total={stats.total}
        row={link((name) => ({ class: [name] }))}
      />
      <Bars
        label={t('byMethod')}
        bars={methods}
        total={stats.total}
        row={link((method) => (method === '' ? {} : { method: [method] }))}
      />
    </section>
  );
}
