import { type ReactNode, memo } from 'react';
import type { EventSummary } from '../../api/model';
import { duration } from '../../format/numbers';
import { personOf, restOf } from '../../format/person';
import { Status } from '../../ui/Badge';
import { Time } from '../../ui/Time';
import type { ColumnName } from './columns';

type Cell = (event: EventSummary, columns: readonly ColumnName[]) => ReactNode;

const CELLS: Record<ColumnName, Cell> = {
  time: (event) => <Time value={event.timestamp} look="clock" />,
  status: (event) => <Status code={event.status_code} />,
  method: (event) => event.method || typeOf(event),
  path: (event) => event.path,
  service: (event) => event.service_name,
  // Beside a column of its own the name needs not stand here too.
  identifier: (event, columns) =>
    columns.includes('name') || columns.includes('email') ? event.identifier : personOf(event),
  name: (event) => event.user_name,
  email: (event) => event.user_email,
  environment: (event) => event.environment,
  type: (event) => event.event_type,
  duration: (event) => duration(event.response_time),
};
/** What BatAudit tells itself is of a type instead of a method: its beginning is known. */
function typeOf({ event_type: type }: EventSummary): ReactNode {
  return <span title={type}>{type.replace(/^system\./, '')}</span>;
}

/** What does not fit, or is left out. */
const TITLES: Partial<Record<ColumnName, (event: EventSummary) => string | undefined>> = {
  path: (event) => event.path,
  identifier: restOf,
};
const MONO = new Set<ColumnName>(['time', 'method', 'path', 'duration']);

export function rowId(eventId: string): string {
  return `event-${eventId}`;
}

interface Props {
  event: EventSummary;
  columns: readonly ColumnName[];
  index: number;
  top: number;
  active: boolean;
  open: boolean;
  onOpen: (id: string) => void;
}

export const EventRow = memo(function EventRow(props: Props) {
  const { event, columns, index, top, active, open, onOpen } = props;
  return (
    <div
      id={rowId(event.id)}
      className="row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={open}
      data-active={active || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => {
        // Selecting text to copy it is not a wish to open the event.
        if (window.getSelection()?.isCollapsed !== false) onOpen(event.id);
      }}
    >
      {columns.map((name) => (
        <span
          key={name}
          role="gridcell"
          className={`cell cell-${name}${MONO.has(name) ? ' mono' : ''}`}
          title={TITLES[name]?.(event)}
        >
          {CELLS[name](event, columns)}
        </span>
      ))}
    </div>
  );
});
