// In which zone times are shown: the browser's unless the reader chose another.
import { useSyncExternalStore } from 'react';
import { inBrowser } from '../browser/storage';

const STORAGE_KEY = 'bataudit-zone';
const listeners = new Set<() => void>();
let chosen: string | undefined = stored();

/** The IANA name of the zone times are shown in. */
export function currentZone(): string {
  return chosen ?? browserZone();
}

/** Asked for with every time that is written, and a formatter takes as long to make as a row of a table. */
let ofBrowser: string | undefined;

export function browserZone(): string {
  return (ofBrowser ??= Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC');
}

// Whoever has travelled comes back to the tab, and is somewhere else.
globalThis.document?.addEventListener('visibilitychange', () => {
  ofBrowser = undefined;
});

/** The reader's choice; nothing while the browser's zone is followed. */
export function chosenZone(): string | undefined {
  return chosen;
}

export function useZone(): string {
  return useSyncExternalStore(subscribe, currentZone);
}

/** `undefined` follows the browser again. A name nobody knows changes nothing. */
export function setZone(zone: string | undefined): void {
  if (zone !== undefined && !isZone(zone)) return;
  chosen = zone;
  inBrowser.set(STORAGE_KEY, zone);
  for (const listener of listeners) listener();
}

/** All zones this browser knows, UTC first. */
export function zones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function stored(): string | undefined {
  const value = inBrowser.get(STORAGE_KEY);
  return value !== undefined && isZone(value) ? value : undefined;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
