import { useCommon } from '../i18n/common';
import type { LiveStatus } from './useConnection';

/** Whether new events come in by themselves, and why not. */
export function LiveBadge({ status, paused }: { status: LiveStatus; paused: boolean }) {
  const t = useCommon();
  const state = paused ? 'paused' : status;
  return (
    <span className="live" data-state={state} title={t(`liveTitle_${state}`)} role="status">
      <span className="live-dot" aria-hidden="true" />
      {t(`live_${state}`)}
    </span>
  );
}
