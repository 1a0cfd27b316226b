// What is being written stays in the browser's session: whoever leaves the page finds it again, and whoever closes
// the tab leaves nothing behind.
import { inTab } from '../../browser/storage';

const key = (userId: string) => `bataudit-query-${userId}`;

export interface Draft {
  text: string;
  /** The saved query it began as. */
  savedId?: string | undefined;
}

export function readDraft(userId: string): Draft {
  const kept = inTab.get(key(userId)) ?? '\n';
  const end = kept.indexOf('\n');
  return { savedId: kept.slice(0, end) || undefined, text: kept.slice(end + 1) };
}

export function keepDraft(userId: string, { text, savedId = '' }: Draft): void {
  inTab.set(key(userId), `${savedId}\n${text}`);
}
