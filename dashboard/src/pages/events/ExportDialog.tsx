import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { type ExportFormat, type ExportProgress, exportEvents } from '../../api/export';
import { bytes, count } from '../../format/numbers';
import type { Filters } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { rangeLabel, rangeUtc } from '../../time/range';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { SelectField } from '../../ui/Field';
import { ErrorNotice } from '../../ui/Notice';
import { Progress } from '../../ui/Progress';
import { openSink } from './sink';
import { eventsTexts } from './texts';

const FORMATS = ['csv', 'ndjson', 'json', 'parquet'] as const satisfies ExportFormat[];

interface Props {
  filters: Filters;
  /** How many events match, as the list says it. */
  what: string;
  onClose: () => void;
}

/** Writes what the list shows into a file: the same filters, the same range. */
export function ExportDialog({ filters, what, onClose }: Props) {
  const t = useTexts(eventsTexts);
  const common = useCommon();
  const [progress, setProgress] = useState<ExportProgress>();
  const stop = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, []);
  const run = useMutation({
    mutationFn: async (form: FormData) => {
      const format = FORMATS.find((each) => each === form.get('format')) ?? 'csv';
      const columns = form.get('columns') === 'all' ? 'all' : 'summary';
      const day = new Date().toISOString().slice(0, 10);
      const sink = await openSink(`bataudit-events-${day}.${format}`);
      if (sink === undefined) return undefined;
      const request = { filters, format, columns } as const;
      return exportEvents(request, sink, stop.current.signal, setProgress);
    },
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setProgress(undefined);
    run.mutate(new FormData(event.currentTarget));
  }

  return (
    <Dialog title={t('export')} onClose={onClose} sticky={run.isPending}>
      <form className="form" onSubmit={submit}>
        <p title={rangeUtc(filters)}>{t('exportWhat', { what, range: rangeLabel(filters) })}</p>
        <SelectField label={t('exportFormat')} name="format" disabled={run.isPending}>
          {FORMATS.map((format) => (
            <option key={format} value={format}>
              {t(`format_${format}`)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t('exportColumns')} name="columns" disabled={run.isPending}>
          <option value="summary">{t('exportSummary')}</option>
          <option value="all">{t('exportAll')}</option>
        </SelectField>
        {run.isPending && progress !== undefined && (
          <Progress
            label={t('exportSoFar', { size: bytes(progress.bytes) })}
            done={progress.rows ?? 0}
            total={progress.rows === undefined ? undefined : progress.total}
          />
        )}
        {run.data !== undefined && (
          <p role="status">
            {t('exportDone', {
              rows: count(run.data.rows ?? run.data.total ?? 0),
              size: bytes(run.data.bytes),
            })}{' '}
            {run.data.manifest !== undefined && (
              <a href={run.data.manifest} download="bataudit-manifest.json">
                {t('exportManifest')}
              </a>
            )}
          </p>
        )}
        {run.isError && <ErrorNotice error={run.error} />}
        <footer className="form-actions">
          <Button
            onClick={() => {
              stop.current.abort();
              onClose();
            }}
          >
            {run.isPending ? common('cancel') : common('close')}
          </Button>
          <Button type="submit" look="primary" busy={run.isPending}>
            {t('exportStart')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
