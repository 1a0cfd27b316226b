import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type Report, reportQuery } from '../../api/reports';
import { useRights } from '../../auth/may';
import { RangePicker } from '../../filters/RangePicker';
import { readScope } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { LeaveUnsaved } from '../../layout/LeaveUnsaved';
import { isCustom } from '../../time/range';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { toast } from '../../ui/toast';
import { usePageTitle } from '../../ui/usePageTitle';
import { Dialogs, type Open } from './Dialogs';
import { Grid } from './Grid';
import { Printed } from './Printed';
import { ReportHead } from './ReportHead';
import { VariableFields } from './VariableFields';
import { append, arrange } from './grid';
import { type Widget, freshId, writeReport } from './report';
import { withVariable } from './search';
import { studioTexts } from './texts';
import { useCopy } from './useCopy';
import { useParamsOf } from './useParams';
import { ConflictError, useReport } from './useReport';
import '../../ui/backLink.css';
import './studio.css';
import './print.css';

export function ReportPage() {
  const t = useTexts(studioTexts);
  const { reportId } = useParams({ from: '/shell/studio/$reportId' });
  const report = useQuery(reportQuery(reportId));
  usePageTitle(report.data?.name ?? t('title'));
  return (
    <div className="page report-page">
      <Link
        to="/studio"
        search={(previous: Record<string, unknown>) => readScope(previous)}
        className="back-link"
      >
        <Icon name="down" />
        {t('title')}
      </Link>
      {report.isError && report.data === undefined && (
        <>
          <h1>{t('title')}</h1>
          <ErrorNotice error={report.error} onRetry={() => void report.refetch()} />
        </>
      )}
      {report.isPending && <Skeleton shape="page" />}
      {report.data !== undefined && <Opened key={report.data.id} report={report.data} />}
    </div>
  );
}

function Opened({ report }: { report: Report }) {
  const t = useTexts(studioTexts);
  const search = useSearch({ from: '/shell/studio/$reportId' });
  const navigate = useNavigate({ from: '/studio/$reportId' });
  const held = useReport(report);
  const { draft, base, dirty, save } = held;
  const copy = useCopy();
  const rights = useRights(base.project_id || undefined);
  const mayEdit = base.project_id === '' ? rights.ownInstance : rights.manageProject;
  const editing = mayEdit && search.edit === '1';
  const [open, setOpen] = useState<Open>();
  const params = useParamsOf(held, rights.manageInstance);
  const failed = save.error instanceof ConflictError ? null : save.error;
  const go = (part: Partial<typeof search>) =>
    void navigate({ search: (previous) => ({ ...previous, ...part }), replace: true });

  function saveCopy() {
    copy.mutate(
      { of: base, content: writeReport(draft) },
      {
        onSuccess: (made) => {
          // What was changed here is in the copy.
          held.discard();
          save.reset();
          void navigate({
            to: '/studio/$reportId',
            params: { reportId: made.id },
            search: (all) => all,
            ignoreBlocker: true,
          });
        },
      },
    );
  }

  function keep(widget: Widget) {
    const known = draft.widgets.some(({ id }) => id === widget.id);
    setOpen(undefined);
    if (known) {
      held.change({
        widgets: draft.widgets.map((each) => (each.id === widget.id ? widget : each)),
      });
      return;
    }
    const small = widget.viz === 'number';
    held.change({
      widgets: [...draft.widgets, widget],
      layout: append(draft.layout, widget.id, small ? 3 : 6, small ? 2 : 5),
    });
  }

  function remove(widget: Widget) {
    const place = draft.layout.filter(({ i }) => i === widget.id);
    held.change((now) => ({
      widgets: now.widgets.filter(({ id }) => id !== widget.id),
      layout: arrange(now.layout.filter(({ i }) => i !== widget.id)),
    }));
    toast(t('widgetRemoved', { title: widget.title || t('untitled') }), {
      onUndo: () =>
        held.change((now) => ({
          widgets: [...now.widgets, widget],
          layout: arrange([...now.layout, ...place], widget.id),
        })),
    });
  }

  const add = (
    <Button
      onClick={() =>
        setOpen({
          what: 'widget',
          isNew: true,
          widget: { id: freshId(draft.widgets), title: '', viz: 'line', question: 'volume' },
        })
      }
    >
      <Icon name="plus" />
      {t('addWidget')}
    </Button>
  );

  return (
    <>
      <ReportHead
        held={held}
        mayEdit={mayEdit}
        editing={editing}
        add={add}
        onEdit={(edit) => go({ edit: edit ? '1' : undefined })}
        onOpen={setOpen}
        onSaveCopy={saveCopy}
      />
      <div className="report-bar">
        <RangePicker
          value={params.filters}
          onChange={({ range, from, to }) =>
            go({ range: range ?? (isCustom({ from, to }) ? undefined : '24h'), from, to })
          }
        />
        <VariableFields
          variables={draft.variables}
          values={params.values}
          project={params.project}
          onChange={(name, value) => go({ var: withVariable(search, name, value) })}
        />
      </div>
      <Printed name={draft.name} params={params} variables={draft.variables} />
      {failed !== null && <ErrorNotice error={failed} />}
      {draft.widgets.length === 0 ? (
        <Empty title={t('noWidgets')}>
          <p>{mayEdit ? t('noWidgetsHelp') : t('noWidgetsRead')}</p>
          {editing && add}
        </Empty>
      ) : (
        <Grid
          widgets={draft.widgets}
          layout={draft.layout}
          params={params}
          editing={editing}
          onLayout={(layout) => held.change({ layout })}
          onEdit={(widget) => setOpen({ what: 'widget', widget, isNew: false })}
          onCopy={(widget) => keep({ ...widget, id: freshId(draft.widgets) })}
          onRemove={remove}
        />
      )}
      <Dialogs
        held={held}
        params={params}
        open={open}
        copying={copy.isPending}
        onKeep={keep}
        onSaveCopy={saveCopy}
        onClose={() => setOpen(undefined)}
      />
      <LeaveUnsaved dirty={dirty} help={t('leaveHelp')} />
    </>
  );
}
