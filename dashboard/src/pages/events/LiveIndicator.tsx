import { useTexts } from '../../i18n/catalogue';
import type { LiveStatus } from '../../live/useConnection';
import { eventsTexts } from './texts';

export function LiveIndicator({ status, paused }: { status: LiveStatus; paused: boolean }) {
  const t = useTexts(eventsTexts);
  const state = paused ? 'paused' : status;
  return (
    <span className="live" data-state={state} title={t(`liveTitle_${state}`)} role="status">
      <span className="live-dot" aria-hidden="true" />
      {t(`live_${state}`)}
    </span>
  );
}
