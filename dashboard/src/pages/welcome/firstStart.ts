// Whether an owner should be led: nothing has happened here yet, and they have not declined.
import { answer, api } from '../../api/client';
import { inBrowser } from '../../browser/storage';

const DECLINED = 'bataudit-welcome-declined';

/** Counts no events of BatAudit itself. When it cannot be known, nobody is led. */
export async function isFirstStart(): Promise<boolean> {
  if (inBrowser.get(DECLINED) !== undefined) return false;
  try {
    const { total } = await answer(api.GET('/v1/audit/stats'));
    return total === 0;
  } catch {
    return false;
  }
}

/** Remembers, in this browser, not to lead again. */
export function decline(): void {
  inBrowser.set(DECLINED, 'yes');
}
