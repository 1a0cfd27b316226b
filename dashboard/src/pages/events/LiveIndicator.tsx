import type { LiveStatus } from '../../live/useConnection';

const TEXTS: Record<LiveStatus, { label: string; title: string }> = {
  live: { label: 'LIVE', title: 'New events appear as they are stored.' },
  connecting: { label: 'Connecting', title: 'Opening the live stream.' },
  reconnecting: {
    label: 'Reconnecting',
    title: 'The live stream broke off. Missed events are fetched when it is back.',
  },
  off: { label: 'Not live', title: 'The time range ends in the past.' },
};

export function LiveIndicator({ status, paused }: { status: LiveStatus; paused: boolean }) {
  const text = paused
    ? { label: 'Paused', title: 'New events wait while you read further down.' }
    : TEXTS[status];
  return (
    <span className="live" data-state={paused ? 'paused' : status} title={text.title} role="status">
      <span className="live-dot" aria-hidden="true" />
      {text.label}
    </span>
  );
}
