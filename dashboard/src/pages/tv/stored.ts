// What a screen remembers, so that it comes back by itself after it was switched off. The names are the
// original's: a screen that was activated there goes on.
import { inBrowser } from '../../browser/storage';

const NAMES = {
  refreshToken: 'wb_refresh_token',
  projectId: 'wb_project_id',
  name: 'wb_profile_name',
} as const;

export interface Remembered {
  refreshToken: string;
  /** Empty for a screen of all projects. */
  projectId: string;
  name: string;
}

export function remembered(): Remembered | undefined {
  const refreshToken = inBrowser.get(NAMES.refreshToken);
  if (refreshToken === undefined || refreshToken === '') return undefined;
  return {
    refreshToken,
    projectId: inBrowser.get(NAMES.projectId) ?? '',
    name: inBrowser.get(NAMES.name) ?? '',
  };
}

export function remember(screen: Remembered): void {
  for (const [key, name] of Object.entries(NAMES))
    inBrowser.set(name, screen[key as keyof Remembered]);
}

export function forget(): void {
  for (const name of Object.values(NAMES)) inBrowser.set(name, undefined);
}
