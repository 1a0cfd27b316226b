// The replays, those under way first with how far they are.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Replay, replaysQuery } from '../../api/deadLetters';
import { count } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Badge } from '../../ui/Badge';
import { DataTable } from '../../ui/DataTable';
import { Banner, ErrorNotice } from '../../ui/Notice';
import { Progress } from '../../ui/Progress';
import { Skeleton } from '../../ui/Skeleton';
import { Time } from '../../ui/Time';
import { pipelineTexts } from './texts';

/** So many of those that are done. */
const SHOWN = 5;

interface Props {
  project: string | undefined;
  /** How many letters a replay was asked for, where this page knows it. */
  expected: ReadonlyMap<string, number>;
}

export function Replays({ project, expected }: Props) {
  const t = useTexts(pipelineTexts);
  const client = useQueryClient();
  const replays = useQuery(replaysQuery(project));
  const running = replays.data?.filter(({ state }) => state !== 'done') ?? [];
  const done = replays.data?.filter(({ state }) => state === 'done') ?? [];
  const finished = done.length;
  useEffect(() => {
    // Each letter of a replay that ended says what became of it.
    void client.invalidateQueries({ queryKey: ['dead-letters'] });
  }, [client, finished]);
  if (replays.isError && replays.data === undefined) {
    return <ErrorNotice error={replays.error} onRetry={() => void replays.refetch()} />;
  }
  if (replays.isPending) return <Skeleton shape="lines" rows={1} />;
  if (running.length === 0 && done.length === 0) return null;
  return (
    <section aria-labelledby="replays">
      <h2 id="replays" className="pipeline-head">
        {t('replays')}
      </h2>
      {running.map((replay) => (
        <Running key={replay.id} replay={replay} total={expected.get(replay.id)} />
      ))}
      {done.length > 0 && (
        <DataTable
          label={t('replays')}
          rows={done.slice(0, SHOWN)}
          rowKey={(row) => row.id}
          empty={null}
          columns={[
            {
              id: 'asked',
              head: t('replayAskedAt'),
              cell: (row) => (
                <>
                  <Time value={row.requested_at} />
                  <span className="cell-note">{row.requested_by}</span>
                </>
              ),
            },
            {
              id: 'result',
              head: t('result'),
              cell: (row) =>
                row.lost === 0 ? (
                  <Badge tone="good">{t('replayDone')}</Badge>
                ) : (
                  <Badge tone="warn">{t('replayLost', { count: row.lost })}</Badge>
                ),
            },
            {
              id: 'letters',
              head: t('letters'),
              number: true,
              cell: (row) => count(row.letters),
            },
            {
              id: 'events',
              head: t('eventsPublished'),
              number: true,
              cell: (row) => count(row.events),
            },
            {
              id: 'ended',
              head: t('ended'),
              cell: (row) => (row.ended_at === null ? '–' : <Time value={row.ended_at} />),
            },
          ]}
        />
      )}
    </section>
  );
}

function Running({ replay, total }: { replay: Replay; total: number | undefined }) {
  const t = useTexts(pipelineTexts);
  return (
    <div className="panel replay" role="status">
      <Progress
        label={
          replay.state === 'waiting'
            ? t('replayWaits')
            : t('replayRuns', { letters: replay.letters, events: replay.events })
        }
        done={replay.letters}
        total={total}
      />
      {replay.problem !== null && (
        <Banner tone="warn">{t('replayProblem', { problem: replay.problem })}</Banner>
      )}
    </div>
  );
}
