// Clearing the history. The server cannot give it back, so it is told only once nobody can undo it any more.
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { clearQueryHistory, queryHistoryQuery } from '../../api/console';
import { messageOf } from '../../api/errors';
import { dismissToast, toast } from '../../ui/toast';

/** The message with which it can be undone; it stays known until the server has answered. */
let offered: number | undefined;
let sent: Promise<void> = Promise.resolve();
const listeners = new Set<() => void>();

/** Whether the history is to be shown as empty by now. */
export function useClearing(): boolean {
  return useSyncExternalStore(subscribe, () => offered !== undefined);
}

/** Clears the history, and says so with a way back. */
export function clearHistory(client: QueryClient, said: string): void {
  const onGone = () => void (sent = send(client));
  offer(toast(said, { onUndo: () => offer(undefined), onGone }));
}

/** Takes the way back: for what would be cleared with the rest, and before the page goes. */
export function cleared(): Promise<void> {
  if (offered !== undefined) dismissToast(offered);
  return sent;
}
window.addEventListener('pagehide', () => void cleared());

async function send(client: QueryClient): Promise<void> {
  try {
    await clearQueryHistory();
  } catch (error) {
    toast(messageOf(error), { tone: 'bad' });
  }
  await client.invalidateQueries({ queryKey: queryHistoryQuery.queryKey });
  offer(undefined);
}

function offer(next: number | undefined): void {
  offered = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
