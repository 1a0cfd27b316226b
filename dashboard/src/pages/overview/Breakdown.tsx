import { Link } from '@tanstack/react-router';
import type { Stats } from '../../api/model';
import { type Filters, STATUS_CLASSES, type Scope } from '../../filters/search';
import { count, percent } from '../../ui/numbers';

const TONES = { '2xx': 'good', '3xx': 'info', '4xx': 'warn', '5xx': 'bad' } as const;

export function Breakdown({ stats, scope }: { stats: Stats; scope: Scope }) {
  const methods = Object.entries(stats.by_method).sort(([, a], [, b]) => b - a);
  return (
    <section className="panel" aria-labelledby="breakdown-title">
      <header className="panel-head">
        <h2 id="breakdown-title">Status and method</h2>
      </header>
      <ul className="breakdown">
        {STATUS_CLASSES.map((name) => (
          <Row
            key={name}
            label={name}
            tone={TONES[name]}
            value={stats.by_status_class[name] ?? 0}
            total={stats.total}
            to={{ ...scope, class: name }}
          />
        ))}
      </ul>
      <ul className="breakdown">
        {methods.map(([method, value]) => (
          <Row
            key={method}
            label={method || 'none'}
            tone="neutral"
            value={value}
            total={stats.total}
            to={{ ...scope, ...(method === '' ? {} : { method }) }}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  label: string;
  tone: string;
  value: number;
  total: number;
  to: Filters;
}

function Row({ label, tone, value, total, to }: RowProps) {
  return (
    <li>
      <Link to="/events" search={to} className="breakdown-row">
        <span className="breakdown-label">{label}</span>
        <span className="breakdown-bar" aria-hidden="true">
          <span
            className={`fill-${tone}`}
            style={{
              inlineSize: `${total === 0 ? 0 : Math.max(value === 0 ? 0 : 1, (value / total) * 100)}%`,
            }}
          />
        </span>
        <span className="number">{count(value)}</span>
        <span className="number breakdown-share">{percent(value, total)}</span>
      </Link>
    </li>
  );
}
