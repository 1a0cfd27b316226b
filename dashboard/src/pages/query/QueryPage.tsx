import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type SavedQuery, savedQueriesQuery } from '../../api/console';
import { messageOf } from '../../api/errors';
import { meQuery } from '../../api/session';
import { RangePicker } from '../../filters/RangePicker';
import { useTexts } from '../../i18n/catalogue';
import { Editor, type EditorHandle } from '../../sql/Editor';
import { BUILT_IN, builtIn } from '../../sql/variables';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { Skeleton } from '../../ui/Skeleton';
import { toast } from '../../ui/toast';
import { useMedia } from '../../ui/useMedia';
import { usePageTitle } from '../../ui/usePageTitle';
import { Outcome } from './Outcome';
import { SaveQuery } from './SaveQuery';
import { Shelf } from './Shelf';
import { type Draft, keepDraft, readDraft } from './draft';
import { queryTexts } from './texts';
import { useRun } from './useRun';
import { useSave } from './useSave';
import './query.css';

export function QueryPage() {
  const t = useTexts(queryTexts);
  usePageTitle(t('title'));
  const { data: me } = useQuery(meQuery);
  return (
    <div className="page query-page">
      <header className="page-head">
        <div>
          <h1>{t('title')}</h1>
          <p className="muted">{t('lead')}</p>
        </div>
      </header>
      {me === undefined ? <Skeleton shape="page" /> : <Console key={me.id} userId={me.id} />}
    </div>
  );
}

function Console({ userId }: { userId: string }) {
  const t = useTexts(queryTexts);
  const search = useSearch({ from: '/shell/query' });
  const navigate = useNavigate({ from: '/query' });
  const [draft, setDraft] = useState<Draft>(() => readDraft(userId));
  const [saving, setSaving] = useState<'new' | 'rename'>();
  const [shelfOpen, setShelfOpen] = useState(false);
  const beside = useMedia('(min-width: 1180px)');
  const editor = useRef<Pick<EditorHandle, 'insert' | 'show' | 'focus'>>(null);
  const run = useRun();
  const kept = useQuery(savedQueriesQuery);
  const saved = kept.data?.find(({ id }) => id === draft.savedId);
  const changed = saved !== undefined && saved.sql !== draft.text;
  const variables = useMemo(() => [...BUILT_IN], []);
  useEffect(() => keepDraft(userId, draft), [userId, draft]);

  const start = (text: string) => {
    const values = builtIn(search, search.project, Date.now());
    run.start({ text, values, project: search.project });
  };

  /** Another query takes the place of the one in the editor, which can be had back. */
  function take(next: Draft) {
    const before = draft;
    setShelfOpen(false);
    setDraft(next);
    if (
      before.text.trim() !== '' &&
      before.text !== next.text &&
      (saved === undefined || changed)
    ) {
      toast(t('replaced'), { onUndo: () => setDraft(before) });
    }
    editor.current?.focus();
  }

  const shelf = (
    <Shelf
      savedId={saved?.id}
      onInsert={(text) => {
        setShelfOpen(false);
        editor.current?.insert(text);
      }}
      onTake={take}
      onForgotten={(id) => {
        if (id === draft.savedId) setDraft({ text: draft.text });
      }}
    />
  );

  return (
    <div className="query-columns">
      <div className="query-main">
        <section className="panel query-editor" aria-label={t('query')}>
          <header className="query-bar">
            <span className="query-name">
              {saved?.name ?? t('unsaved')}
              {changed && <span className="muted"> · {t('changed')}</span>}
            </span>
            <RangePicker
              value={search}
              onChange={(range) =>
                void navigate({ search: (previous) => ({ ...previous, ...range }), replace: true })
              }
            />
            {!beside && (
              <Button onClick={() => setShelfOpen(true)}>
                <Icon name="columns" />
                {t('shelf')}
              </Button>
            )}
          </header>
          <Editor
            ref={editor}
            label={t('editor')}
            value={draft.text}
            onChange={(text) => setDraft((previous) => ({ ...previous, text }))}
            onRun={start}
            onEscape={run.cancel}
            mark={run.place}
            variables={variables}
          />
          <footer className="query-bar">
            <RunButtons
              running={run.running}
              empty={draft.text.trim() === ''}
              onRun={() => start(draft.text)}
              onCancel={run.cancel}
            />
            <span className="query-hint">{t('keys', { variables: '{{start}}, {{end}}' })}</span>
            <SaveButtons
              saved={saved}
              changed={changed}
              empty={draft.text.trim() === ''}
              onOpen={setSaving}
              text={draft.text}
            />
          </footer>
        </section>
        <Outcome
          run={run}
          text={draft.text}
          onShow={(place) => editor.current?.show(place)}
          onExample={(text) => take({ text })}
          onRetry={() => start(draft.text)}
        />
      </div>
      {beside ? (
        <aside className="query-shelf panel" aria-label={t('shelf')}>
          {shelf}
        </aside>
      ) : (
        shelfOpen && (
          <Dialog title={t('shelf')} look="drawer" onClose={() => setShelfOpen(false)}>
            {shelf}
          </Dialog>
        )
      )}
      {saving !== undefined && (
        <SaveQuery
          saved={saving === 'rename' ? saved : undefined}
          text={saving === 'rename' ? (saved?.sql ?? draft.text) : draft.text}
          onSaved={({ id }: SavedQuery) => {
            setSaving(undefined);
            setDraft({ text: draft.text, savedId: id });
          }}
          onClose={() => setSaving(undefined)}
        />
      )}
    </div>
  );
}

interface RunProps {
  running: boolean;
  empty: boolean;
  onRun: () => void;
  onCancel: () => boolean;
}

/** One place for both, so that neither moves when the other goes. */
function RunButtons({ running, empty, onRun, onCancel }: RunProps) {
  const t = useTexts(queryTexts);
  return running ? (
    <Button className="query-run" onClick={onCancel}>
      <Icon name="close" />
      {t('cancelRun')}
    </Button>
  ) : (
    <Button className="query-run" look="primary" disabled={empty} onClick={onRun}>
      <Icon name="play" />
      {t('run')}
    </Button>
  );
}

interface SaveProps {
  saved: SavedQuery | undefined;
  changed: boolean;
  empty: boolean;
  text: string;
  onOpen: (what: 'new' | 'rename') => void;
}

function SaveButtons({ saved, changed, empty, text, onOpen }: SaveProps) {
  const t = useTexts(queryTexts);
  const save = useSave();
  if (saved === undefined) {
    return (
      <Button disabled={empty} onClick={() => onOpen('new')}>
        <Icon name="star" />
        {t('saveAs')}
      </Button>
    );
  }
  return (
    <>
      <Button onClick={() => onOpen('rename')}>{t('rename')}</Button>
      <Button disabled={empty} onClick={() => onOpen('new')}>
        {t('saveCopy')}
      </Button>
      <Button
        disabled={!changed || empty}
        busy={save.isPending}
        onClick={() =>
          save.mutate(
            { id: saved.id, name: saved.name, sql: text },
            { onError: (error) => toast(messageOf(error), { tone: 'bad' }) },
          )
        }
      >
        <Icon name="star" />
        {t('saveChanges')}
      </Button>
    </>
  );
}
