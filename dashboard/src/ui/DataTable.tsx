// A small table: sorted by a click on a head, as cards on a phone. Thousands of rows that scroll
// are pages/events' business.
import { type ReactNode, useMemo, useState } from 'react';
import { Icon } from './Icon';
import { MoreRows, type Pages } from './MoreRows';
import { ErrorNotice } from './Notice';
import { Skeleton } from './Skeleton';

export interface Column<Row> {
  /** Names the column among its like. */
  id: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Makes the column sortable. Nothing sorts last, whatever the direction. */
  sort?: (row: Row) => string | number | undefined;
  /** Numbers stand at the end of their column. */
  number?: boolean;
  /** Buttons and links that need no head to be seen. */
  actions?: boolean;
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** Shown when there is no row: an <Empty>. */
  empty: ReactNode;
  /** What went wrong with the list: said instead of rows, or above those it had before. */
  error?: unknown;
  onRetry?: () => void;
  /** The query whose pages the rows are: a way to the next one, and why it did not come. */
  more?: Pages;
  initialSort?: { column: string; descending?: boolean };
}

interface Sort {
  column: string;
  descending: boolean;
}

export function DataTable<Row>(props: Props<Row>) {
  const { label, columns, rows, rowKey, empty, error, onRetry, more, initialSort } = props;
  const [sort, setSort] = useState<Sort | undefined>(
    initialSort && { descending: false, ...initialSort },
  );
  const by = columns.find(({ id }) => id === sort?.column)?.sort;
  const sorted = useMemo(
    () => (by === undefined ? rows : order(rows ?? [], by, sort?.descending ?? false)),
    [rows, by, sort?.descending],
  );

  // A query has one error: that of the next page is said below the rows.
  const failed = error !== undefined && error !== null && more?.isFetchNextPageError !== true;
  const notice = failed && <ErrorNotice error={error} {...(onRetry ? { onRetry } : {})} />;
  if (rows === undefined || sorted === undefined) return notice || <Skeleton shape="lines" />;
  return (
    <>
      {notice}
      {rows.length === 0 ? (
        empty
      ) : (
        // A group, not a landmark: the section around it often has the same name.
        <div className="panel table-scroll" tabIndex={0} role="group" aria-label={label}>
          <table className="table table-cards">
            <thead>
              <tr>
                {columns.map((column) => (
                  <Head key={column.id} column={column} sort={sort} onSort={setSort} />
                ))}
              </tr>
            </thead>
            <tbody>
              {sorted.map((row) => (
                <tr key={rowKey(row)}>
                  {columns.map((column, index) => (
                    <Cell key={column.id} column={column} first={index === 0} row={row} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more !== undefined && <MoreRows of={more} />}
    </>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
}

function Head<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const { id, head, number = false, actions = false } = column;
  if (column.sort === undefined) {
    return (
      <th scope="col" className={number ? 'number' : undefined}>
        {actions ? <span className="visually-hidden">{head}</span> : head}
      </th>
    );
  }
  const mine = sort?.column === id ? sort : undefined;
  return (
    <th
      scope="col"
      className={number ? 'number' : undefined}
      aria-sort={mine === undefined ? 'none' : mine.descending ? 'descending' : 'ascending'}
    >
      <button
        type="button"
        className="table-sort"
        data-sorted={mine !== undefined || undefined}
        data-descending={mine?.descending || undefined}
        // The first click on a number asks for the largest.
        onClick={() => onSort({ column: id, descending: mine ? !mine.descending : number })}
      >
        {head}
        <Icon name="up" />
      </button>
    </th>
  );
}

interface CellProps<Row> {
  column: Column<Row>;
  first: boolean;
  row: Row;
}

function Cell<Row>({ column, first, row }: CellProps<Row>) {
  const { head, cell, number = false, actions = false } = column;
  if (first) return <th scope="row">{cell(row)}</th>;
  return (
    <td className={number ? 'number' : undefined}>
      {/* The head of the column, where rows are cards and heads are gone. */}
      {!actions && (
        <span className="card-head" aria-hidden="true">
          {head}
        </span>
      )}
      {actions ? <div className="row-actions">{cell(row)}</div> : cell(row)}
    </td>
  );
}

/** Equal rows keep their order. */
function order<Row>(
  rows: readonly Row[],
  by: (row: Row) => string | number | undefined,
  descending: boolean,
): Row[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [by(a), by(b)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined);
    }
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * String(left).localeCompare(String(right), undefined, { numeric: true });
  });
}
