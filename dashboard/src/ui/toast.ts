// Short messages at the edge of the page, for what is done and can still be taken back.
import { useSyncExternalStore } from 'react';

export interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'bad';
  /** Takes back what was done. */
  onUndo?: () => void;
  /** Does what could be taken back until now, where the server cannot: called when it goes in any other way. */
  onGone?: () => void;
}

const AT_ONCE = 3;

let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Shows a message, and tells its id. It goes by itself, but not while the pointer or the focus is on it. */
export function toast(
  text: string,
  options: { tone?: 'info' | 'bad' } & Pick<Toast, 'onUndo' | 'onGone'> = {},
): number {
  const id = (last += 1);
  const pushedOut = toasts.slice(0, -(AT_ONCE - 1));
  keep((each) => !pushedOut.includes(each), { id, text, tone: 'info', ...options });
  return id;
}

export function dismissToast(id: number): void {
  keep((each) => each.id !== id);
}

/** For who leaves: whoever comes next takes nothing back. */
export function dismissToasts(): void {
  keep(() => false);
}

export function undoToast(id: number): void {
  const undone = toasts.find((each) => each.id === id);
  toasts = toasts.filter((each) => each !== undone);
  tell();
  undone?.onUndo?.();
}

function keep(stays: (toast: Toast) => boolean, ...added: Toast[]): void {
  const gone = toasts.filter((each) => !stays(each));
  toasts = [...toasts.filter(stays), ...added];
  tell();
  for (const each of gone) each.onGone?.();
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts);
}

function tell() {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
