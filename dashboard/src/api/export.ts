// Downloads events as a file, with progress. The server streams what may be gigabytes: the file goes to
// disk as it arrives where the browser can do that, and into memory where it cannot.
import { toParams } from '../filters/query';
import type { Filters } from '../filters/search';
import { ApiError, fromException, fromResponse } from './errors';
import { common } from '../i18n/common';

export type ExportFormat = 'csv' | 'json' | 'ndjson' | 'parquet';

export interface ExportRequest {
  filters: Filters;
  format: ExportFormat;
  columns: 'summary' | 'all';
}

export interface ExportProgress {
  bytes: number;
  /** Rows so far, where the format tells; else nothing. */
  rows: number | undefined;
  /** Rows that matched when it began. */
  total: number | undefined;
}

export interface ExportResult extends ExportProgress {
  /** Its signed manifest: who exported what, with the SHA-256 of the file. */
  manifest: string | undefined;
}

/** Where the bytes go. */
export interface Sink {
  write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>;
  close: () => Promise<void>;
  abort: () => Promise<void>;
}

/** A server that sends nothing for so long has stopped. */
const SILENT_MS = 60_000;
const NEWLINE = 0x0a;
const QUOTE = 0x22;

export async function exportEvents(
  { filters, format, columns }: ExportRequest,
  sink: Sink,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportResult> {
  const params = toParams(filters, Date.now());
  params.set('format', format);
  params.set('columns', columns);
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const response = await fetch(`/v1/audit/export?${params}`, {
      credentials: 'same-origin',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || response.body === null) {
      throw fromResponse(response, await response.json().catch(() => undefined));
    }
    const total = Number(response.headers.get('x-total-rows') ?? Number.NaN);
    const rows = rowCounter(format);
    const progress = { bytes: 0, rows: rows?.(new Uint8Array()), total: orNothing(total) };
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      await sink.write(value);
      progress.bytes += value.length;
      progress.rows = rows?.(value);
      onProgress({ ...progress });
    }
    await sink.close();
    const id = response.headers.get('x-export-id');
    const manifest = id === null ? undefined : `/v1/audit/exports/${encodeURIComponent(id)}`;
    return { ...progress, manifest };
  } catch (cause) {
    await sink.abort();
    if (signal.aborted || cause instanceof ApiError) throw cause;
    if (silence.signal.aborted || cause instanceof TypeError) {
      // A file that broke off is not kept: half of it looks like all of it.
      throw new ApiError({ message: common.t('exportBroke'), status: 0, code: 'broken_off' });
    }
    throw fromException(cause);
  } finally {
    clearTimeout(timer);
  }
}

/** Counts rows in the bytes as they come. A line break inside quotes belongs to a value. */
export function rowCounter(format: ExportFormat): ((chunk: Uint8Array) => number) | undefined {
  if (format !== 'csv' && format !== 'ndjson') return undefined;
  // The first line of CSV names the columns.
  let rows = format === 'csv' ? -1 : 0;
  let quoted = false;
  return (chunk) => {
    for (const byte of chunk) {
      if (byte === QUOTE && format === 'csv') quoted = !quoted;
      else if (byte === NEWLINE && !quoted) rows += 1;
    }
    return Math.max(0, rows);
  };
}

function orNothing(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
