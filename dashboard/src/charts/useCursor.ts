// Where the reader is in a chart: under the pointer, or stepped to by keys; and the stretch they choose.
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { indexAt } from './scale';

interface Options {
  times: readonly number[];
  step: number;
  onZoom: ((from: number, to: number) => void) | undefined;
  onOpen: ((from: number, to: number) => void) | undefined;
}

/** Indexes of the first and the last point, in the order they were reached. */
export interface Brush {
  anchor: number;
  head: number;
}

export function useCursor({ times, step, onZoom, onOpen }: Options) {
  const [chosen, setChosen] = useState<number>();
  const [brush, setBrush] = useState<Brush>();
  const last = times.length - 1;
  const at = chosen === undefined || last < 0 ? undefined : Math.min(chosen, last);

  function under(event: PointerEvent<HTMLElement>): number {
    const box = event.currentTarget.getBoundingClientRect();
    return indexAt((event.clientX - box.left) / Math.max(1, box.width), times.length);
  }

  function call(act: ((from: number, to: number) => void) | undefined, a: number, b: number) {
    const from = times[Math.min(a, b)];
    const to = times[Math.max(a, b)];
    // The end of a range is included: the next point's first millisecond is not.
    if (from !== undefined && to !== undefined) act?.(from, to + step - 1);
  }

  function finish() {
    if (brush === undefined) return;
    setBrush(undefined);
    if (brush.anchor === brush.head) call(onOpen, brush.head, brush.head);
    else call(onZoom, brush.anchor, brush.head);
  }

  function key(event: KeyboardEvent) {
    const steps: Record<string, number> = {
      ArrowLeft: (at ?? times.length) - 1,
      ArrowRight: (at ?? last) + 1,
      PageDown: (at ?? times.length) - 10,
      PageUp: (at ?? last) + 10,
      Home: 0,
      End: last,
    };
    const wanted = steps[event.key];
    if (wanted !== undefined && last >= 0) {
      event.preventDefault();
      const next = Math.max(0, Math.min(last, wanted));
      setChosen(next);
      const stretches = event.shiftKey && onZoom !== undefined;
      setBrush(stretches ? { anchor: brush?.anchor ?? at ?? next, head: next } : undefined);
    } else if (event.key === 'Enter') {
      if (brush === undefined && at !== undefined) call(onOpen, at, at);
      else finish();
    } else if (event.key === 'Escape' && brush !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      setBrush(undefined);
    }
  }

  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0 || last < 0) return;
      const index = under(event);
      // A finger that moves wants to scroll; a tap still opens the point.
      if (event.pointerType !== 'touch') event.currentTarget.setPointerCapture(event.pointerId);
      setBrush({ anchor: index, head: index });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (last < 0) return;
      const index = under(event);
      setChosen(index);
      const drags = brush !== undefined && event.buttons === 1 && onZoom !== undefined;
      if (drags && event.pointerType !== 'touch') setBrush({ anchor: brush.anchor, head: index });
    },
    onPointerUp: finish,
    onPointerCancel: () => setBrush(undefined),
    onPointerLeave: () => {
      if (brush === undefined) setChosen(undefined);
    },
    onBlur: () => {
      setChosen(undefined);
      setBrush(undefined);
    },
    onKeyDown: key,
  };
  const shown = brush !== undefined && brush.anchor !== brush.head ? brush : undefined;
  return { at, brush: shown, handlers };
}
