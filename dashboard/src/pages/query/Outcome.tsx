// Below the editor: what to begin with, what went wrong, or what was found.
import { useMemo, useState } from 'react';
import type { QueryResult } from '../../api/console';
import { count, duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { ChartControls } from '../../sql/ChartControls';
import { ResultChart } from '../../sql/ResultChart';
import { ResultTable } from '../../sql/ResultTable';
import { type ChartChoice, choose, kindsOf, suggest } from '../../sql/chart';
import { columnsOf } from '../../sql/columns';
import { download, toCsv } from '../../sql/csv';
import { type Place, lineOf } from '../../sql/place';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Banner, Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Tabs } from '../../ui/Tabs';
import { EXAMPLES } from './examples';
import { queryTexts } from './texts';
import type { useRun } from './useRun';

interface Props {
  run: ReturnType<typeof useRun>;
  text: string;
  onShow: (place: Place) => void;
  onExample: (text: string) => void;
  onRetry: () => void;
}

export function Outcome({ run, text, onShow, onExample, onRetry }: Props) {
  const t = useTexts(queryTexts);
  const { place, missing, error } = run;
  const at = place && lineOf(text, place.from);
  return (
    <>
      {missing.length > 0 && (
        <Banner tone="bad">
          {t('missing', { names: missing.map((name) => `{{${name}}}`).join(', ') })}{' '}
          {missing.includes('project_id') && t('missingProject')}
        </Banner>
      )}
      {error !== undefined && (
        <div className="query-error">
          <ErrorNotice error={error} {...(place === undefined ? { onRetry } : {})} />
          {place !== undefined && at !== undefined && (
            <button type="button" className="link" onClick={() => onShow(place)}>
              {t('showPlace', { line: at.line, column: at.column })}
            </button>
          )}
        </div>
      )}
      {run.cancelled && <Banner tone="info">{t('cancelled')}</Banner>}
      {run.running && <Skeleton shape="page" />}
      {run.result !== undefined && <Found key={run.asked?.text} result={run.result} />}
      {run.result === undefined && !run.running && error === undefined && (
        <Begin onExample={onExample} />
      )}
    </>
  );
}

function Begin({ onExample }: { onExample: (text: string) => void }) {
  const t = useTexts(queryTexts);
  const examples = Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[];
  return (
    <Empty title={t('beginTitle')}>
      <p>{t('beginHelp')}</p>
      <ul className="query-examples">
        {examples.map((name) => (
          <li key={name}>
            <Button onClick={() => onExample(EXAMPLES[name])}>{t(`example_${name}`)}</Button>
          </li>
        ))}
      </ul>
    </Empty>
  );
}

function Found({ result }: { result: QueryResult }) {
  const t = useTexts(queryTexts);
  const columns = useMemo(() => columnsOf(result), [result]);
  const [view, setView] = useState<'table' | 'chart'>('table');
  const [chosen, setChosen] = useState<ChartChoice>();
  const suggested = useMemo(() => suggest(result), [result]);
  const [first] = kindsOf(columns);
  const choice = chosen ?? suggested ?? (first && choose(first, columns));
  if (result.rows.length === 0) {
    return (
      <Empty title={t('noRows')}>
        <p>{t('noRowsHelp', { time: duration(result.elapsed_ms) })}</p>
      </Empty>
    );
  }
  return (
    <section className="panel query-result" aria-label={t('result')}>
      <header className="panel-head">
        <p role="status" className="query-figures">
          <b>{t('rows', { count: result.row_count })}</b>
          <span className="muted">
            {t('columns', { count: result.columns.length })} · {duration(result.elapsed_ms)}
          </span>
        </p>
        <Button onClick={() => download(fileName(), toCsv(result))}>
          <Icon name="download" />
          {t('csv')}
        </Button>
      </header>
      {result.truncated && (
        <div className="query-cut">
          <Banner tone="warn">{t('truncated', { rows: count(result.row_count) })}</Banner>
        </div>
      )}
      <Tabs
        label={t('result')}
        tabs={[
          { id: 'table', label: t('asTable') },
          { id: 'chart', label: t('asChart') },
        ]}
        chosen={view}
        onChange={setView}
      >
        {view === 'table' && <ResultTable answer={result} label={t('resultRows')} />}
        {view === 'chart' &&
          (choice === undefined ? (
            <p className="query-no-chart muted">{t('noChart')}</p>
          ) : (
            <>
              <ChartControls columns={columns} choice={choice} onChange={setChosen} />
              <ResultChart
                title={t('chartOfResult')}
                answer={result}
                choice={choice}
                height={280}
              />
            </>
          ))}
      </Tabs>
    </section>
  );
}

function fileName(): string {
  return `bataudit-query-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.csv`;
}
