// The signed text of a certificate, read for showing. What is saved as a file is the text itself.
import { type RawJson, member, parseRaw, scalarText } from '../../../json/raw';

export interface TableCounts {
  table: string;
  before: number;
  removed: number;
  held: number;
  after: number;
}

export interface Certificate {
  tables: TableCounts[];
  /** Exports that may hold what was erased, by id. */
  exports: string[];
  /** What an erasure does not reach, in the certificate's own words. */
  notCovered: string[];
}

export function readCertificate(payload: string): Certificate {
  const read = parseRaw(payload);
  const number = (row: RawJson, name: string) => Number(scalarText(member(row, name)) ?? 0);
  return {
    tables: items(member(read, 'tables')).map((row) => ({
      table: scalarText(member(row, 'table')) ?? '',
      before: number(row, 'before'),
      removed: number(row, 'removed'),
      held: number(row, 'held'),
      after: number(row, 'after'),
    })),
    exports: texts(member(read, 'exports')),
    notCovered: texts(member(read, 'not_covered')),
  };
}

function items(value: RawJson | undefined): readonly RawJson[] {
  return value?.kind === 'array' ? value.items : [];
}

function texts(value: RawJson | undefined): string[] {
  return items(value).flatMap((item) => scalarText(item) ?? []);
}
