// The grid of a report: twelve columns, and rows of one height. Widgets fall up as far as they can and never lie on
// each other. Pure.

export interface Box {
  /** The widget's id. */
  i: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export const COLUMNS = 12;
export const ROW_PX = 56;
export const GAP_PX = 14;
export const LEAST = { w: 2, h: 2 } as const;
const MOST_HIGH = 24;

export type Direction = 'left' | 'right' | 'up' | 'down';
export type Act = 'move' | 'resize';

/** Lays boxes out; the one that was moved goes before those that begin as high. */
export function arrange(boxes: readonly Box[], moved?: string): Box[] {
  const order = [...boxes].sort(
    (a, b) => a.y - b.y || Number(b.i === moved) - Number(a.i === moved) || a.x - b.x,
  );
  const placed: Box[] = [];
  for (const box of order) {
    let y = box.y;
    for (
      let under = blocking(placed, { ...box, y });
      under;
      under = blocking(placed, { ...box, y })
    ) {
      y = under.y + under.h;
    }
    while (y > 0 && !blocking(placed, { ...box, y: y - 1 })) y -= 1;
    placed.push({ ...box, y });
  }
  return placed;
}

/** The box with this place and size, within the grid, and the others out of its way. */
export function put(boxes: readonly Box[], id: string, to: Partial<Box>): Box[] {
  const next = boxes.map((box) => (box.i === id ? clamp({ ...box, ...to, i: id }) : box));
  return arrange(next, id);
}

/** One step aside, or past the next widget above or below. */
export function move(boxes: readonly Box[], id: string, direction: Direction): Box[] {
  const box = boxes.find(({ i }) => i === id);
  if (box === undefined) return [...boxes];
  if (direction === 'left') return put(boxes, id, { x: box.x - 1 });
  if (direction === 'right') return put(boxes, id, { x: box.x + 1 });
  const beside = boxes.filter((other) => other.i !== id && overlapsAcross(other, box));
  if (direction === 'down') {
    const below = beside.filter(({ y }) => y >= box.y + box.h).sort((a, b) => a.y - b.y)[0];
    return below === undefined ? [...boxes] : put(boxes, id, { y: below.y + below.h });
  }
  const above = beside.filter(({ y }) => y < box.y).sort((a, b) => b.y - a.y)[0];
  return above === undefined ? [...boxes] : put(boxes, id, { y: above.y });
}

/** One step wider, narrower, higher or lower. */
export function resize(boxes: readonly Box[], id: string, direction: Direction): Box[] {
  const box = boxes.find(({ i }) => i === id);
  if (box === undefined) return [...boxes];
  const w = box.w + (direction === 'right' ? 1 : direction === 'left' ? -1 : 0);
  const h = box.h + (direction === 'down' ? 1 : direction === 'up' ? -1 : 0);
  return put(boxes, id, { w: Math.min(w, COLUMNS - box.x), h });
}

/** One step of a widget, whether by an arrow key or from its menu. */
export function step(boxes: readonly Box[], id: string, act: Act, direction: Direction): Box[] {
  return act === 'move' ? move(boxes, id, direction) : resize(boxes, id, direction);
}

/** Whether that step would change the widget: there is an edge, a least size, and nothing below the last. */
export function canStep(
  boxes: readonly Box[],
  id: string,
  act: Act,
  direction: Direction,
): boolean {
  const [before, after] = [boxes, step(boxes, id, act, direction)].map((each) =>
    each.find(({ i }) => i === id),
  );
  if (before === undefined || after === undefined) return false;
  return (['x', 'y', 'w', 'h'] as const).some((side) => before[side] !== after[side]);
}

/** A place for one more, below all others. */
export function append(boxes: readonly Box[], id: string, w: number, h: number): Box[] {
  const y = Math.max(0, ...boxes.map((box) => box.y + box.h));
  return arrange([...boxes, clamp({ i: id, x: 0, y, w, h })], id);
}

/** Boxes in the order they are read. */
export function inOrder(boxes: readonly Box[]): Box[] {
  return [...boxes].sort((a, b) => a.y - b.y || a.x - b.x);
}

export function clamp({ i, x, y, w, h }: Box): Box {
  const wide = within(w, LEAST.w, COLUMNS);
  return {
    i,
    x: within(x, 0, COLUMNS - wide),
    y: Math.max(0, Math.round(y)),
    w: wide,
    h: within(h, LEAST.h, MOST_HIGH),
  };
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(value)));
}

function blocking(placed: readonly Box[], box: Box): Box | undefined {
  return placed.find(
    (other) => overlapsAcross(other, box) && other.y < box.y + box.h && box.y < other.y + other.h,
  );
}

function overlapsAcross(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w;
}
