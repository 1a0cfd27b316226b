import { useQuery } from '@tanstack/react-query';
import type { DeadLetter } from '../../api/deadLetters';
import { projectsQuery } from '../../api/projects';
import { useTexts } from '../../i18n/catalogue';
import { Badge } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { type Column, DataTable } from '../../ui/DataTable';
import type { Pages } from '../../ui/MoreRows';
import { Empty } from '../../ui/Notice';
import { Time } from '../../ui/Time';
import { reasonWord } from './reasons';
import { pipelineTexts } from './texts';
import type { Chosen } from './wanted';

interface Props {
  rows: readonly DeadLetter[] | undefined;
  error: unknown;
  onRetry: () => void;
  more: Pages;
  chosen: Chosen;
  /** Of those who may replay. */
  onChoose: ((chosen: Chosen) => void) | undefined;
  onOpen: (id: string) => void;
  narrowed: boolean;
  onWiden: () => void;
}

export function LetterTable(props: Props) {
  const { rows, error, onRetry, more, narrowed, onWiden } = props;
  const t = useTexts(pipelineTexts);
  const naming = useQuery(projectsQuery).isPending;
  return (
    <DataTable
      label={t('letters')}
      // A letter is of a project, which has a name.
      rows={naming ? undefined : rows}
      rowKey={(row) => row.id}
      error={error}
      onRetry={onRetry}
      more={more}
      columns={useColumns(props)}
      empty={
        <Empty title={narrowed ? t('noLettersSuch') : t('noLetters')}>
          <p>{narrowed ? t('noLettersSuchHelp') : t('noLettersHelp')}</p>
          {narrowed && <Button onClick={onWiden}>{t('allLetters')}</Button>}
        </Empty>
      }
    />
  );
}

function useColumns({ rows, chosen, onChoose, onOpen }: Props): Column<DeadLetter>[] {
  const t = useTexts(pipelineTexts);
  const { data: projects = [] } = useQuery(projectsQuery);
  const ids = (rows ?? []).map(({ id }) => id);
  const all = ids.length > 0 && ids.every((id) => chosen.has(id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose?.(next);
  };
  return [
    {
      id: 'written',
      head:
        onChoose === undefined ? (
          t('written')
        ) : (
          <label className="letter-pick">
            <input
              type="checkbox"
              aria-label={t('chooseAll')}
              checked={all}
              onChange={() => onChoose(all ? new Set() : new Set(ids))}
            />
            {t('written')}
          </label>
        ),
      cell: (row) => (
        <span className="letter-pick">
          {onChoose !== undefined && (
            <input
              type="checkbox"
              aria-label={t('chooseLetter', { id: row.id })}
              checked={chosen.has(row.id)}
              onChange={() => toggle(row.id)}
            />
          )}
          <Time value={row.written_at} />
        </span>
      ),
    },
    {
      id: 'reason',
      head: t('reason'),
      cell: (row) => (
        <span className="pipeline-what">
          {reasonWord(row.reason)}
          <span className="cell-note">{row.detail}</span>
        </span>
      ),
    },
    {
      id: 'of',
      head: t('service'),
      cell: (row) => (
        <span className="pipeline-what">
          {row.service_name ?? '–'}
          <span className="cell-note">
            {row.project_id === null
              ? t('ofNone')
              : (projects.find(({ id }) => id === row.project_id)?.name ?? row.project_id)}
          </span>
        </span>
      ),
    },
    {
      id: 'events',
      head: t('events'),
      number: true,
      cell: (row) => (row.events === 0 ? t('untold') : row.events),
    },
    { id: 'replay', head: t('replayed'), cell: (row) => <Fate letter={row} /> },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (row) => (
        <Button
          look="quiet"
          aria-label={t('detailsOf', { id: row.id })}
          onClick={() => onOpen(row.id)}
        >
          {t('details')}
        </Button>
      ),
    },
  ];
}

/** What became of it in its latest replay. */
export function Fate({ letter }: { letter: Pick<DeadLetter, 'replay'> }) {
  const t = useTexts(pipelineTexts);
  if (letter.replay === null) return <Badge>{t('notReplayed')}</Badge>;
  const { published, why } = letter.replay;
  if (published) return <Badge tone="good">{t('published')}</Badge>;
  return (
    <span className="pipeline-what">
      <span>
        <Badge tone="bad">{t('notPublished')}</Badge>
      </span>
      {why !== null && <span className="cell-note">{why}</span>}
    </span>
  );
}
