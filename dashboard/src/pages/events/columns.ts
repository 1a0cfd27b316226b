// The columns the list can show, in their order.

export const COLUMNS = [
  'time',
  'status',
  'method',
  'path',
  'service',
  'identifier',
  'name',
  'email',
  'environment',
  'type',
  'duration',
] as const;
export type ColumnName = (typeof COLUMNS)[number];

export const DEFAULT_COLUMNS: readonly ColumnName[] = [
  'time',
  'status',
  'method',
  'path',
  'service',
  'identifier',
  'environment',
  'duration',
];

/** The least room of each column in pixels, and its share of what is left. */
const ROOM: Record<ColumnName, readonly [number, number]> = {
  time: [168, 0],
  status: [52, 0],
  method: [66, 0],
  path: [160, 3],
  service: [90, 1],
  identifier: [100, 1],
  name: [100, 1],
  email: [130, 1.2],
  environment: [96, 0],
  type: [110, 0],
  duration: [74, 0],
};
const GAP_PX = 12;
const SIDES_PX = 32;

/** `time,status`, as the address has it. Nothing for what makes no sense. */
export function readColumns(raw: unknown): readonly ColumnName[] | undefined {
  if (typeof raw !== 'string') return undefined;
  const wanted = raw.split(',');
  const known = COLUMNS.filter((name) => wanted.includes(name));
  return known.length === 0 ? undefined : known;
}

/** The columns as a grid template. */
export function template(columns: readonly ColumnName[]): string {
  return columns
    .map((name) => {
      const [least, share] = ROOM[name];
      return share === 0 ? `${least}px` : `minmax(${least}px, ${share}fr)`;
    })
    .join(' ');
}

/** The width in pixels below which the list is scrolled sideways. */
export function leastWidth(columns: readonly ColumnName[]): number {
  const gaps = (columns.length - 1) * GAP_PX;
  return columns.reduce((sum, name) => sum + ROOM[name][0], SIDES_PX + gaps);
}
