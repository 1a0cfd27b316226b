import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Monitor, Project } from '../../../api/model';
import {
  changeMonitor,
  deleteMonitor,
  monitorsQuery,
  testMonitor,
  uptimeQuery,
} from '../../../api/monitors';
import { percent } from '../../../format/numbers';
import { useTexts } from '../../../i18n/catalogue';
import { Badge } from '../../../ui/Badge';
import { Button } from '../../../ui/Button';
import { type Column, DataTable } from '../../../ui/DataTable';
import { Switch } from '../../../ui/Field';
import { Empty } from '../../../ui/Notice';
import { Ago } from '../../../ui/Time';
import { toast } from '../../../ui/toast';
import { useNow } from '../../../ui/useNow';
import { useShownChange } from '../../../ui/useShownChange';
import { Destroy } from '../Destroy';
import { TestDialog } from '../TestDialog';
import { RowMenu } from '../people/RowMenu';
import { CheckResult } from './CheckResult';
import { History } from './History';
import { certificateDays, stateOf } from './state';
import { monitorsTexts } from './texts';

interface Props {
  project: Project;
  mayChange: boolean;
  onEdit: (monitor: Monitor) => void;
}

export function MonitorTable({ project, mayChange, onEdit }: Props) {
  const t = useTexts(monitorsTexts);
  const monitors = useQuery(monitorsQuery(project.id));
  const [open, setOpen] = useState<Open>();
  const test = useMutation({ mutationFn: testMonitor, gcTime: 0 });
  const close = () => setOpen(undefined);
  const columns = useColumns(project.id, mayChange, {
    onOpen: setOpen,
    onEdit,
    onTest: (monitor) => test.mutate(monitor),
  });
  return (
    <>
      <DataTable
        label={t('title')}
        columns={columns}
        rows={monitors.data}
        rowKey={({ id }) => id}
        error={monitors.error}
        onRetry={() => void monitors.refetch()}
        empty={
          <Empty title={t('emptyTitle')}>
            <p>{t(mayChange ? 'emptyHelp' : 'emptyRead')}</p>
          </Empty>
        }
      />
      {test.variables !== undefined && (
        <TestDialog
          title={t('testTitle', { name: test.variables.name })}
          busy={t('testing')}
          result={test.data}
          error={test.error}
          onClose={test.reset}
        >
          {(check) => <CheckResult check={check} />}
        </TestDialog>
      )}
      {open?.what === 'history' && <History monitor={open.monitor} onClose={close} />}
      {open?.what === 'delete' && (
        <Destroy
          title={t('deleteTitle', { name: open.monitor.name })}
          action={t('deleteDo')}
          keep={t('deleteKeep')}
          typed={open.monitor.name}
          act={() => deleteMonitor(open.monitor.id)}
          list={monitorsQuery(project.id).queryKey}
          done={t('deleted', { name: open.monitor.name })}
          onClose={close}
        >
          <p>{t('deleteHelp')}</p>
        </Destroy>
      )}
    </>
  );
}

interface Open {
  what: 'history' | 'delete';
  monitor: Monitor;
}

interface Actions {
  onOpen: (open: Open) => void;
  onEdit: (monitor: Monitor) => void;
  onTest: (monitor: Monitor) => void;
}

function useColumns(
  projectId: string,
  mayChange: boolean,
  { onOpen, onEdit, onTest }: Actions,
): readonly Column<Monitor>[] {
  const t = useTexts(monitorsTexts);
  const now = useNow(10_000);
  const setEnabled = useEnabled(projectId);
  return [
    {
      id: 'name',
      head: t('name'),
      cell: ({ name, url }) => (
        <>
          <span className="cell-name">{name}</span>
          <span className="cell-note">{url}</span>
        </>
      ),
      sort: ({ name }) => name,
    },
    {
      id: 'state',
      head: t('state'),
      cell: (monitor) => <State monitor={monitor} now={now} />,
      sort: (monitor) => stateOf(monitor).name,
    },
    { id: 'uptime', head: t('uptimeDay'), number: true, cell: ({ id }) => <UptimeDay id={id} /> },
    {
      id: 'checked',
      head: t('checked'),
      cell: ({ last_checked_at: at }) => (at === null ? t('notYet') : <Ago value={at} now={now} />),
      sort: ({ last_checked_at }) => last_checked_at ?? undefined,
    },
    {
      id: 'enabled',
      head: t('enabled'),
      cell: (monitor) => (
        <Switch
          label={t('enabledNamed', { name: monitor.name })}
          quiet
          checked={monitor.enabled}
          disabled={!mayChange}
          onChange={(enabled) => setEnabled(monitor, enabled)}
        />
      ),
    },
    {
      id: 'actions',
      head: t('actions'),
      actions: true,
      cell: (monitor) => (
        <>
          <Button
            look="quiet"
            aria-label={t('historyNamed', { name: monitor.name })}
            onClick={() => onOpen({ what: 'history', monitor })}
          >
            {t('history')}
          </Button>
          {mayChange && (
            <RowMenu
              label={t('more', { name: monitor.name })}
              actions={[
                { text: t('test'), onSelect: () => onTest(monitor) },
                { text: t('edit'), onSelect: () => onEdit(monitor) },
                { text: t('delete'), onSelect: () => onOpen({ what: 'delete', monitor }) },
              ]}
            />
          )}
        </>
      ),
    },
  ];
}

function State({ monitor, now }: { monitor: Monitor; now: number }) {
  const t = useTexts(monitorsTexts);
  const { name, tone } = stateOf(monitor);
  const days = certificateDays(monitor, now);
  return (
    <span>
      <Badge tone={tone}>{t(`state_${name}`)}</Badge>
      {monitor.enabled && monitor.status_since !== null && (
        <span className="cell-note">
          <Ago value={monitor.status_since} now={now} />
        </span>
      )}
      {days !== undefined && (
        <span className="cell-note" data-tone="warn">
          {t('certificateEnds', { count: days })}
        </span>
      )}
    </span>
  );
}

function UptimeDay({ id }: { id: string }) {
  const t = useTexts(monitorsTexts);
  const { data } = useQuery(uptimeQuery(id, '24h'));
  if (data === undefined) return null;
  const { up_seconds: up, down_seconds: down, uptime_percent: share } = data;
  return share === null ? t('nobodyLooked') : percent(up, up + down);
}

/** Pauses a monitor, or lets it go on: at once on the page, with a way back. */
function useEnabled(projectId: string) {
  const t = useTexts(monitorsTexts);
  const change = useShownChange<Monitor>(monitorsQuery(projectId).queryKey);
  const put = ({ id }: Monitor, enabled: boolean) => ({
    act: () => changeMonitor(id, { enabled }),
    show: (now: Monitor[]) => now.map((each) => (each.id === id ? { ...each, enabled } : each)),
  });
  return (monitor: Monitor, enabled: boolean) =>
    change({
      ...put(monitor, enabled),
      done: () =>
        toast(t(enabled ? 'resumed' : 'paused', { name: monitor.name }), {
          onUndo: () => change(put(monitor, !enabled)),
        }),
    });
}
