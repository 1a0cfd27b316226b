// Short messages at the edge of the page, for what is done and can still be taken back.
import { useSyncExternalStore } from 'react';

export interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'bad';
  /** Takes back what was done. */
  onUndo?: () => void;
}

let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Shows a message. It goes by itself, but not while the pointer or the focus is on it. */
export function toast(text: string, options: { tone?: 'info' | 'bad'; onUndo?: () => void } = {}) {
  last += 1;
  const { tone = 'info', onUndo } = options;
  toasts = [...toasts.slice(-2), { id: last, text, tone, ...(onUndo ? { onUndo } : {}) }];
  tell();
}

export function dismissToast(id: number): void {
  toasts = toasts.filter((each) => each.id !== id);
  tell();
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
