// The rows of an answer. Only those in view exist; a row opens with all it holds.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useTexts } from '../i18n/catalogue';
import { Cell } from './Cell';
import { RowDetail } from './RowDetail';
import { type Answer, type ResultColumn, cellText, columnsOf, isNumeric } from './columns';
import { sqlTexts } from './texts';
import './sql.css';

const ROW_PX = 28;
/** Rows whose texts say how wide a column is. */
const MEASURED = 60;
const [LEAST_CH, MOST_CH] = [8, 44];

export function ResultTable({ answer, label }: { answer: Answer; label: string }) {
  const t = useTexts(sqlTexts);
  const columns = useMemo(() => columnsOf(answer), [answer]);
  const widths = useMemo(() => columns.map((column) => widthOf(answer, column)), [answer, columns]);
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const [open, setOpen] = useState<number>();
  const virtual = useVirtualizer({
    count: answer.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    initialRect: { width: 0, height: 480 },
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);

  function key(event: KeyboardEvent) {
    const last = answer.rows.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 15,
      PageUp: active - 15,
      Home: 0,
      End: last,
    };
    const wanted = steps[event.key];
    if (wanted === undefined || !(event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(last, wanted));
    setActive(next);
    virtual.scrollToIndex(next);
    // The row may come into being only now.
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus(),
    );
  }

  return (
    <>
      <div ref={scroller} className="result-scroll" role="group" aria-label={label} tabIndex={0}>
        <table className="result-table" aria-label={label} aria-rowcount={answer.rows.length + 1}>
          <colgroup>
            <col className="result-number" />
            {widths.map((width, index) => (
              <col key={index} style={{ inlineSize: `${width}ch` }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">
                <span className="visually-hidden">{t('row')}</span>
              </th>
              {columns.map((column) => (
                <th key={column.index} scope="col" data-number={isNumeric(column) || undefined}>
                  <span className="result-name" title={column.name}>
                    {column.name}
                  </span>
                  <span className="result-kind">{t(`kind_${column.kind}`)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={key}>
            {above > 0 && <Filler height={above} />}
            {items.map(({ index }) => (
              <tr key={index} aria-rowindex={index + 2} onDoubleClick={() => setOpen(index)}>
                <th scope="row">
                  <button
                    type="button"
                    className="result-open"
                    data-row={index}
                    tabIndex={index === Math.min(active, answer.rows.length - 1) ? 0 : -1}
                    aria-label={t('openRow', { row: index + 1 })}
                    onFocus={() => setActive(index)}
                    onClick={() => setOpen(index)}
                  >
                    {index + 1}
                  </button>
                </th>
                {columns.map((column) => (
                  <td key={column.index} data-number={isNumeric(column) || undefined}>
                    <Cell value={answer.rows[index]?.[column.index]} kind={column.kind} />
                  </td>
                ))}
              </tr>
            ))}
            {below > 0 && <Filler height={below} />}
          </tbody>
        </table>
      </div>
      {open !== undefined && (
        <RowDetail
          answer={answer}
          columns={columns}
          row={open}
          onMove={setOpen}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

/** Holds the place of the rows that are not in view. */
function Filler({ height }: { height: number }) {
  return (
    <tr aria-hidden="true" className="result-filler">
      <td style={{ blockSize: height }} />
    </tr>
  );
}

/** In characters. */
function widthOf(answer: Answer, { index, kind, name }: ResultColumn): number {
  const texts = answer.rows.slice(0, MEASURED).map((row) => cellText(row[index], kind).length);
  const longest = Math.max(name.length + 1, kind === 'time' ? 22 : 0, ...texts);
  return Math.max(LEAST_CH, Math.min(MOST_CH, longest)) + 3;
}
