// Beside the editor: the tables there are, the queries that were kept, and those that were run.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type PastQuery,
  type SavedQuery,
  queryHistoryQuery,
  savedQueriesQuery,
} from '../../api/console';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { TABLES } from '../../sql/schema';
import { BUILT_IN } from '../../sql/variables';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Tabs } from '../../ui/Tabs';
import { Ago } from '../../ui/Time';
import { useNow } from '../../ui/useNow';
import { clearHistory, useClearing } from './clearing';
import type { Draft } from './draft';
import { queryTexts } from './texts';
import { useForget } from './useSave';

interface Props {
  savedId: string | undefined;
  onInsert: (text: string) => void;
  onTake: (draft: Draft) => void;
  onForgotten: (id: string) => void;
}

type Part = 'tables' | 'saved' | 'history';

export function Shelf({ savedId, onInsert, onTake, onForgotten }: Props) {
  const t = useTexts(queryTexts);
  const [part, setPart] = useState<Part>('tables');
  return (
    <Tabs
      label={t('shelf')}
      tabs={[
        { id: 'tables', label: t('tables') },
        { id: 'saved', label: t('savedQueries') },
        { id: 'history', label: t('history') },
      ]}
      chosen={part}
      onChange={setPart}
    >
      {part === 'tables' && <Tables onInsert={onInsert} />}
      {part === 'saved' && <Saved savedId={savedId} onTake={onTake} onForgotten={onForgotten} />}
      {part === 'history' && <History onTake={onTake} />}
    </Tabs>
  );
}

function Tables({ onInsert }: Pick<Props, 'onInsert'>) {
  const t = useTexts(queryTexts);
  return (
    <div className="shelf-tables">
      {TABLES.map(({ name, columns }) => (
        <details key={name} open>
          <summary className="mono">{name}</summary>
          <p className="shelf-help">{name === 'audits' ? t('auditsHelp') : t('summariesHelp')}</p>
          <ul aria-label={t('columnsOf', { table: name })}>
            {columns.map((column) => (
              <li key={column.name}>
                <button
                  type="button"
                  className="shelf-column"
                  title={t('insert', { what: column.name })}
                  onClick={() => onInsert(column.name)}
                >
                  <span className="mono">{column.name}</span>
                  <span className="muted">{column.type}</span>
                </button>
              </li>
            ))}
          </ul>
        </details>
      ))}
      <details open>
        <summary>{t('variables')}</summary>
        <p className="shelf-help">{t('variablesHelp')}</p>
        <ul aria-label={t('variables')}>
          {BUILT_IN.map((name) => (
            <li key={name}>
              <button
                type="button"
                className="shelf-column"
                title={t('insert', { what: name })}
                onClick={() => onInsert(`{{${name}}}`)}
              >
                <span className="mono">{`{{${name}}}`}</span>
                <span className="muted">{t(`variable_${name}`)}</span>
              </button>
            </li>
          ))}
        </ul>
      </details>
      <details open>
        <summary>{t('limits')}</summary>
        <p className="shelf-help">{t('limitsHelp')}</p>
      </details>
    </div>
  );
}

function Saved({ savedId, onTake, onForgotten }: Omit<Props, 'onInsert'>) {
  const t = useTexts(queryTexts);
  const saved = useQuery(savedQueriesQuery);
  const forget = useForget(onForgotten);
  if (saved.isError && saved.data === undefined) {
    return <ErrorNotice error={saved.error} onRetry={() => void saved.refetch()} />;
  }
  if (saved.data === undefined) return <Skeleton shape="lines" />;
  if (saved.data.length === 0) return <p className="shelf-none">{t('noSaved')}</p>;
  return (
    <ul className="shelf-list" aria-label={t('savedQueries')}>
      {saved.data.map((query: SavedQuery) => (
        <li key={query.id} className="shelf-row" data-current={query.id === savedId || undefined}>
          <button
            type="button"
            className="shelf-take"
            aria-current={query.id === savedId || undefined}
            onClick={() => onTake({ text: query.sql, savedId: query.id })}
          >
            <b>{query.name}</b>
            <span className="shelf-sql">{query.sql}</span>
          </button>
          <IconButton label={t('forget', { name: query.name })} onClick={() => forget(query)}>
            <Icon name="trash" />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function History({ onTake }: Pick<Props, 'onTake'>) {
  const t = useTexts(queryTexts);
  const now = useNow(30_000);
  const client = useQueryClient();
  const history = useQuery(queryHistoryQuery);
  const clearing = useClearing();
  if (history.isError && history.data === undefined) {
    return <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />;
  }
  if (history.data === undefined) return <Skeleton shape="lines" />;
  if (history.data.length === 0 || clearing) {
    return <p className="shelf-none">{t('noHistory')}</p>;
  }
  return (
    <>
      <ul className="shelf-list" aria-label={t('history')}>
        {history.data.map((past: PastQuery) => (
          <li key={past.id} className="shelf-row">
            <button type="button" className="shelf-take" onClick={() => onTake({ text: past.sql })}>
              <span className="shelf-sql">{past.sql}</span>
              <span className="shelf-when" data-failed={past.error !== null || undefined}>
                <Ago value={past.ran_at} now={now} />
                {' · '}
                {past.error ??
                  `${t('rows', { count: past.row_count ?? 0 })} · ${duration(past.elapsed_ms)}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Button look="quiet" onClick={() => clearHistory(client, t('cleared'))}>
        {t('clearHistory')}
      </Button>
    </>
  );
}
