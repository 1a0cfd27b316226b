// Light, dark, or what the system says. public/theme.js applies the stored choice before this runs.
import { useSyncExternalStore } from 'react';
import { inBrowser } from '../browser/storage';

const STORAGE_KEY = 'bataudit-theme';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const listeners = new Set<() => void>();

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, current);
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  inBrowser.set(STORAGE_KEY, theme === 'system' ? undefined : theme);
  for (const listener of listeners) listener();
}

function current(): Theme {
  const theme = document.documentElement.dataset['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
