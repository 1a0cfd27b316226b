import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Hold, holdsQuery, releaseHold } from '../../../api/keeping';
import type { Project } from '../../../api/model';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { isCustom, rangeLabel, rangeUtc } from '../../../time/range';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Empty } from '../../../ui/Notice';
import { Time } from '../../../ui/Time';
import { Destroy } from '../Destroy';
import { Make } from '../Make';
import { SectionHead } from '../SectionHead';
import { NewHold } from './NewHold';
import { HOLD_FIELDS, eventsOf, heldOf } from './held';
import { retentionTexts } from './texts';

interface Props {
  project: Project;
  mayChange: boolean;
}

export function Holds({ project, mayChange }: Props) {
  const t = useTexts(retentionTexts);
  const holds = useQuery(holdsQuery(project.id));
  const [releasing, setReleasing] = useState<Hold>();
  return (
    <section aria-label={t('holds')}>
      <SectionHead title={t('holds')} lead={t('holdsLead')}>
        {mayChange && (
          <Make text={t('hold')} icon="lock" look="plain">
            {(onClose) => <NewHold projectId={project.id} onClose={onClose} />}
          </Make>
        )}
      </SectionHead>
      <DataTable
        label={t('holds')}
        columns={useColumns(project.id, mayChange, setReleasing)}
        rows={holds.data}
        rowKey={({ id }) => id}
        error={holds.error}
        onRetry={() => void holds.refetch()}
        empty={
          <Empty title={t('noHolds')}>
            <p>{t('noHoldsHelp')}</p>
          </Empty>
        }
      />
      {releasing !== undefined && (
        <Destroy
          title={t('releaseTitle', { name: releasing.name })}
          action={t('releaseDo')}
          keep={t('releaseKeep')}
          typed={releasing.name}
          act={() => releaseHold(project.id, releasing.id)}
          list={holdsQuery(project.id).queryKey}
          done={t('didRelease', { name: releasing.name })}
          onClose={() => setReleasing(undefined)}
        >
          <p>{t('releaseHelp')}</p>
        </Destroy>
      )}
    </section>
  );
}

function useColumns(
  projectId: string,
  mayChange: boolean,
  onRelease: (hold: Hold) => void,
): readonly Column<Hold>[] {
  const t = useTexts(retentionTexts);
  return [
    {
      id: 'name',
      head: t('name'),
      cell: ({ name, reason }) => (
        <>
          <span className="cell-name">{name}</span>
          <span className="cell-note">{reason}</span>
        </>
      ),
      sort: ({ name }) => name,
    },
    { id: 'what', head: t('what'), cell: (hold) => <What projectId={projectId} hold={hold} /> },
    {
      id: 'state',
      head: t('state'),
      cell: ({ released_at: at, released_by: by }) =>
        !at ? (
          <Badge tone="info" icon="lock">
            {t('inForce')}
          </Badge>
        ) : (
          <span>
            <Badge>{t('released')}</Badge>
            <span className="cell-note">
              <Time value={at} />
            </span>
            {by && <span className="cell-note">{t('by', { who: by })}</span>}
          </span>
        ),
      sort: ({ released_at }) => released_at ?? '',
    },
    {
      id: 'created',
      head: t('since'),
      cell: ({ created_at, created_by }) => (
        <span>
          <Time value={created_at} />
          <span className="cell-note">{t('by', { who: created_by })}</span>
        </span>
      ),
      sort: ({ created_at }) => created_at,
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (hold) =>
        mayChange &&
        !hold.released_at && (
          <Button
            look="quiet"
            aria-label={t('releaseNamed', { name: hold.name })}
            onClick={() => onRelease(hold)}
          >
            {t('release')}
          </Button>
        ),
    },
  ];
}

/** The filter in words, as a link to the events. */
function What({ projectId, hold }: { projectId: string; hold: Hold }) {
  const t = useTexts(retentionTexts);
  const common = useCommon();
  const held = heldOf(hold.filter, hold.start_date, hold.end_date);
  const fields = HOLD_FIELDS.filter((field) => held.values[field] !== undefined);
  const range = { from: held.from, to: held.to };
  return (
    <Link to="/events" search={eventsOf(projectId, held)} className="cell-name">
      {fields.length === 0 && t('everything')}
      {fields.map((field) => (
        <span key={field} className="hold-part">
          <span className="muted">{common(`field_${field}`)}</span> {held.values[field]}
        </span>
      ))}
      {isCustom(range) && (
        <span className="hold-part" title={rangeUtc(range)}>
          {rangeLabel(range)}
        </span>
      )}
    </Link>
  );
}
