import { type ReactNode, memo } from 'react';
import type { EventSummary } from '../../api/model';
import { duration } from '../../format/numbers';
import { Status } from '../../ui/Badge';
import { Time } from '../../ui/Time';
import type { ColumnName } from './columns';

const CELLS: Record<ColumnName, (event: EventSummary) => ReactNode> = {
  time: (event) => <Time value={event.timestamp} look="clock" />,
  status: (event) => <Status code={event.status_code} />,
  method: (event) => event.method || typeOf(event),
  path: (event) => event.path,
  service: (event) => event.service_name,
  identifier: (event) => event.identifier,
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
          title={name === 'path' ? event.path : undefined}
        >
          {CELLS[name](event)}
        </span>
      ))}
    </div>
  );
});
