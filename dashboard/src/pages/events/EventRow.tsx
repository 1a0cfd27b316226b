import { memo } from 'react';
import type { EventSummary } from '../../api/model';
import { duration } from '../../format/numbers';
import { Status } from '../../ui/Badge';
import { Time } from '../../ui/Time';

export const COLUMNS = [
  'time',
  'status',
  'method',
  'path',
  'service',
  'identifier',
  'environment',
  'duration',
] as const;

export function rowId(eventId: string): string {
  return `event-${eventId}`;
}

interface Props {
  event: EventSummary;
  index: number;
  top: number;
  active: boolean;
  open: boolean;
  onOpen: (id: string) => void;
}

export const EventRow = memo(function EventRow({ event, index, top, active, open, onOpen }: Props) {
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
      <span role="gridcell" className="cell cell-time mono">
        <Time value={event.timestamp} look="clock" />
      </span>
      <span role="gridcell" className="cell cell-status">
        <Status code={event.status_code} />
      </span>
      <span role="gridcell" className="cell cell-method mono">
        {event.method || event.event_type}
      </span>
      <span role="gridcell" className="cell cell-path mono" title={event.path}>
        {event.path}
      </span>
      <span role="gridcell" className="cell cell-service">
        {event.service_name}
      </span>
      <span role="gridcell" className="cell cell-identifier" title={event.user_name || undefined}>
        {event.identifier}
      </span>
      <span role="gridcell" className="cell cell-environment">
        {event.environment}
      </span>
      <span role="gridcell" className="cell cell-duration mono">
        {duration(event.response_time)}
      </span>
    </div>
  );
});
