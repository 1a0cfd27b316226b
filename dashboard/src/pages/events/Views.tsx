// Saved views: filters, range and columns under a name, for oneself or for everybody in the project.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { View } from '../../api/model';
import { viewsQuery } from '../../api/views';
import { useRights } from '../../auth/may';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Button, IconButton } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { Checkbox, TextField, fieldErrors } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { ErrorNotice } from '../../ui/Notice';
import { Popover } from '../../ui/Popover';
import { Skeleton } from '../../ui/Skeleton';
import type { EventsSearch } from './search';
import { eventsTexts } from './texts';
import { useViewActions } from './useViewActions';
import { keptSearch, searchOf, shows } from './views';

export function Views({ search }: { search: EventsSearch }) {
  const t = useTexts(eventsTexts);
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [doomed, setDoomed] = useState<View>();
  const views = useQuery({ ...viewsQuery(search.project), enabled: open });
  const { save, replace, remove } = useViewActions(search.project);
  const current = views.data?.find((view) => shows(view.search, search));

  return (
    <>
      <Popover
        label={t('views')}
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button type="button" className="pill" data-set={current !== undefined || undefined}>
            <Icon name="star" />
            <span>{current?.name ?? t('views')}</span>
          </button>
        }
      >
        <div className="views">
          {views.isPending && <Skeleton shape="lines" rows={2} />}
          {views.isError && (
            <ErrorNotice error={views.error} onRetry={() => void views.refetch()} />
          )}
          {views.data?.length === 0 && <p className="muted views-none">{t('viewsNone')}</p>}
          {views.data !== undefined && views.data.length > 0 && (
            <ul aria-label={t('views')}>
              {views.data.map((view) => (
                <Row
                  key={view.id}
                  view={view}
                  current={view === current}
                  onOpen={() => {
                    setOpen(false);
                    void navigate({ to: '/events', search: searchOf(view.search) });
                  }}
                  onReplace={() => replace.mutate({ view, search: keptSearch(search) })}
                  onRemove={() => (view.mine ? remove.mutate(view) : setDoomed(view))}
                />
              ))}
            </ul>
          )}
          <Save
            project={search.project}
            busy={save.isPending}
            error={save.error}
            onSave={(name, shared, onSaved) =>
              save.mutate(
                { name, shared, search: keptSearch(search), of: search.project },
                { onSuccess: onSaved },
              )
            }
          />
        </div>
      </Popover>
      {doomed !== undefined && (
        <Confirm
          title={t('viewRemove', { name: doomed.name })}
          action={t('viewRemoveDo')}
          typed={doomed.name}
          busy={false}
          onConfirm={() => {
            remove.mutate(doomed);
            setDoomed(undefined);
          }}
          onClose={() => setDoomed(undefined)}
        >
          <p>{t('viewRemoveHelp', { author: doomed.author })}</p>
        </Confirm>
      )}
    </>
  );
}

interface RowProps {
  view: View;
  current: boolean;
  onOpen: () => void;
  onReplace: () => void;
  onRemove: () => void;
}

function Row({ view, current, onOpen, onReplace, onRemove }: RowProps) {
  const t = useTexts(eventsTexts);
  const { manageProject } = useRights(view.project_id ?? undefined);
  const { name, mine, shared, author } = view;
  return (
    <li className="view">
      <button type="button" className="menu-item" aria-pressed={current} onClick={onOpen}>
        <span className="menu-tick">{current && <Icon name="check" />}</span>
        <span className="menu-text">
          {name}
          {shared && (
            <span className="view-note">{mine ? t('viewShared') : t('viewBy', { author })}</span>
          )}
        </span>
      </button>
      {mine && !current && (
        <IconButton label={t('viewReplace', { name })} onClick={onReplace}>
          <Icon name="edit" />
        </IconButton>
      )}
      {(mine || manageProject) && (
        <IconButton label={t('viewRemove', { name })} onClick={onRemove}>
          <Icon name="trash" />
        </IconButton>
      )}
    </li>
  );
}

interface SaveProps {
  project: string | undefined;
  busy: boolean;
  error: unknown;
  onSave: (name: string, shared: boolean, onSaved: () => void) => void;
}

function Save({ project, busy, error, onSave }: SaveProps) {
  const t = useTexts(eventsTexts);
  const common = useCommon();
  const { manageProject } = useRights(project);
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const errors = fieldErrors(error, 'name');
  function submit(event: FormEvent) {
    event.preventDefault();
    onSave(name.trim(), shared, () => setName(''));
  }
  return (
    <form className="views-save" onSubmit={submit}>
      <TextField
        label={t('viewSave')}
        placeholder={t('viewName')}
        value={name}
        onChange={(event) => setName(event.target.value)}
        maxLength={200}
        autoComplete="off"
        required
        error={errors.at('name')}
      />
      {project !== undefined && manageProject && (
        <Checkbox
          label={t('viewShare')}
          checked={shared}
          onChange={(event) => setShared(event.target.checked)}
        />
      )}
      {errors.rest !== undefined && <ErrorNotice error={errors.rest} />}
      <Button type="submit" busy={busy} disabled={name.trim() === ''}>
        {common('save')}
      </Button>
    </form>
  );
}
