import { useMemo } from 'react';
import type { EventSummary } from '../../api/model';
import { Bars } from '../../charts/Bars';
import type { Filters } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { groupsOf } from './similar';
import { orphansTexts } from './texts';

const SHOWN = 8;

interface Props {
  orphans: readonly EventSummary[];
  onChoose: (part: Filters) => void;
}

/** Hosts and paths that many orphans have in common: one cause explains them all. */
export function Alike({ orphans, onChoose }: Props) {
  const t = useTexts(orphansTexts);
  const groups = useMemo(() => groupsOf(orphans, SHOWN), [orphans]);
  return (
    <section className="panel orphans-alike" aria-labelledby="alike-title">
      <header className="panel-head">
        <h2 id="alike-title">{t('alike')}</h2>
        <span className="muted">{t('alikeOf', { count: orphans.length })}</span>
      </header>
      <Bars
        label={t('alike')}
        bars={groups.map(({ name, foreign, count }) => ({
          key: name,
          label: (
            <span className="mono" title={name}>
              {name}
            </span>
          ),
          value: count,
          tone: foreign ? 'b' : 'warn',
        }))}
        row={(bar, children) => (
          <button
            type="button"
            className="bars-row"
            onClick={() => onChoose(groups.find(({ name }) => name === bar.key)?.filters ?? {})}
          >
            {children}
          </button>
        )}
      />
    </section>
  );
}
