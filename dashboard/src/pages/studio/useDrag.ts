// Moving and resizing with the pointer, counted in columns and rows from where it began.
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { type Act, type Box, COLUMNS, GAP_PX, ROW_PX, put } from './grid';

interface Drag {
  act: Act;
  id: string;
  x: number;
  y: number;
  /** Pixels of a column and the gap beside it. */
  column: number;
}

/** `shown` is the layout while something is dragged. */
export function useDrag(layout: readonly Box[], onDone: (layout: Box[]) => void) {
  const [drag, setDrag] = useState<Drag>();
  const [shown, setShown] = useState<Box[]>();
  const grid = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (drag === undefined) return;
    const stop = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      setDrag(undefined);
      setShown(undefined);
    };
    window.addEventListener('keydown', stop);
    return () => window.removeEventListener('keydown', stop);
  }, [drag]);

  function handlers(act: Act, id: string) {
    return {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const width = grid.current?.clientWidth ?? 0;
        const column = (width + GAP_PX) / COLUMNS;
        setDrag({ act, id, x: event.clientX, y: event.clientY, column });
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const box = layout.find(({ i }) => i === id);
        if (drag === undefined || drag.id !== id || box === undefined) return;
        const across = Math.round((event.clientX - drag.x) / drag.column);
        const down = Math.round((event.clientY - drag.y) / (ROW_PX + GAP_PX));
        const to =
          drag.act === 'move'
            ? { x: box.x + across, y: Math.max(0, box.y + down) }
            : { w: Math.min(box.w + across, COLUMNS - box.x), h: box.h + down };
        setShown(put(layout, id, to));
      },
      onPointerUp: () => {
        if (shown !== undefined) onDone(shown);
        setDrag(undefined);
        setShown(undefined);
      },
      onPointerCancel: () => {
        setDrag(undefined);
        setShown(undefined);
      },
    };
  }

  return { grid, handlers, dragged: drag?.id, shown };
}
