import { inTab } from './storage';

/**
 * Loads the page anew, unless this tab did so under the same name less than `atMostEvery` milliseconds ago: whatever the
 * reason is, it may still be there. Where that cannot be remembered, nothing is loaded.
 */
export function reload(name: string, atMostEvery: number): void {
  const last = Number(inTab.get(name) ?? 0);
  if (Date.now() - last < atMostEvery) return;
  if (inTab.set(name, String(Date.now()))) window.location.reload();
}
