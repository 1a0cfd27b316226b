// Dead letters: what could never be stored, why, and a second chance for it.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type LetterState, deadLettersQuery } from '../../api/deadLetters';
import { ApiError } from '../../api/errors';
import { useRights } from '../../auth/may';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { SelectField } from '../../ui/Field';
import { Empty } from '../../ui/Notice';
import { LetterDetail } from './LetterDetail';
import { LetterTable } from './LetterTable';
import { ReplayDialog } from './ReplayDialog';
import { Replays } from './Replays';
import { reasonWord } from './reasons';
import { LETTER_STATES, type PipelineSearch } from './search';
import { pipelineTexts } from './texts';
import { type Chosen, wantedOf } from './wanted';

export function Letters() {
  const t = useTexts(pipelineTexts);
  const { project } = useSearch({ from: '/shell/pipeline' });
  const rights = useRights(project);
  // Letters of every project, and of none, are for owners and auditors.
  if (!rights.seeProject) {
    return (
      <Empty title={project === undefined ? t('chooseProject') : t('lettersClosed')}>
        <p>{project === undefined ? t('chooseProjectHelp') : t('lettersClosedHelp')}</p>
      </Empty>
    );
  }
  return <Known key={project ?? ''} mayReplay={rights.manageProject} />;
}

function Known({ mayReplay }: { mayReplay: boolean }) {
  const t = useTexts(pipelineTexts);
  const search = useSearch({ from: '/shell/pipeline' });
  const navigate = useNavigate({ from: '/pipeline' });
  const { project, reason, state = 'all', letter } = search;
  const query = useInfiniteQuery(deadLettersQuery({ project, reason, state }));
  const rows = useMemo(() => query.data?.pages.flatMap(({ data }) => data), [query.data]);
  const [chosen, setChosen] = useState<Chosen>(new Set());
  const [asking, setAsking] = useState(false);
  const [expected, setExpected] = useState<ReadonlyMap<string, number>>(new Map());
  const reasons = query.data?.pages[0]?.reasons ?? [];
  const wanted = wantedOf({ rows: rows ?? [], chosen, reasons, project, reason, state });

  function change(part: Partial<PipelineSearch>) {
    setChosen(new Set());
    void navigate({ search: (previous) => ({ ...previous, ...part }) });
  }

  const open = (id: string | undefined) =>
    void navigate({ search: (previous) => ({ ...previous, letter: id }) });

  // An admin of the installation need not be one of the project.
  if (query.error instanceof ApiError && [403, 404].includes(query.error.status)) {
    return (
      <Empty title={t('lettersClosed')}>
        <p>{t('lettersClosedHelp')}</p>
      </Empty>
    );
  }
  return (
    <div className="pipeline-parts in-turn">
      <Replays project={project} expected={expected} />
      <section aria-labelledby="letters">
        <header className="pipeline-row">
          <div>
            <h2 id="letters">{t('letters')}</h2>
            <p className="muted">{t('lettersHelp')}</p>
          </div>
        </header>
        <div className="pipeline-filters">
          <SelectField
            label={t('reason')}
            value={reason ?? ''}
            onChange={(event) => change({ reason: event.target.value || undefined })}
          >
            <option value="">{t('everyReason')}</option>
            {withChosen(reasons, reason).map((each) => (
              <option key={each.reason} value={each.reason}>
                {each.letters === undefined
                  ? reasonWord(each.reason)
                  : t('reasonCount', { reason: reasonWord(each.reason), letters: each.letters })}
              </option>
            ))}
          </SelectField>
          <SelectField
            label={t('letterState')}
            value={state}
            onChange={(event) =>
              change({
                state:
                  event.target.value === 'all' ? undefined : (event.target.value as LetterState),
              })
            }
          >
            {LETTER_STATES.map((each) => (
              <option key={each} value={each}>
                {t(`letters_${each}`)}
              </option>
            ))}
          </SelectField>
          {mayReplay && wanted !== undefined && (
            <Button look="primary" onClick={() => setAsking(true)}>
              {t(chosen.size > 0 ? 'replayChosen' : 'replayAll', { count: wanted.letters })}
            </Button>
          )}
        </div>
        <LetterTable
          rows={rows}
          error={query.error}
          onRetry={() => void query.refetch()}
          more={query}
          chosen={chosen}
          onChoose={mayReplay ? setChosen : undefined}
          onOpen={open}
          narrowed={reason !== undefined || state !== 'all'}
          onWiden={() => change({ reason: undefined, state: undefined })}
        />
      </section>
      {asking && wanted !== undefined && (
        <ReplayDialog
          wanted={wanted}
          onAsked={(replay) => {
            setExpected((before) => new Map(before).set(replay.id, wanted.letters));
            setChosen(new Set());
          }}
          onClose={() => setAsking(false)}
        />
      )}
      {letter !== undefined && <LetterDetail id={letter} onClose={() => open(undefined)} />}
    </div>
  );
}

/** The reason that is chosen is offered also when no letter has it any more. */
function withChosen(
  reasons: readonly { reason: string; letters: number }[],
  chosen: string | undefined,
): { reason: string; letters?: number }[] {
  const missing = chosen !== undefined && !reasons.some(({ reason }) => reason === chosen);
  return missing ? [...reasons, { reason: chosen }] : [...reasons];
}
