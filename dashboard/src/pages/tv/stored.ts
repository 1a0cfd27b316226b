// What a screen remembers, so that it comes back by itself after it was switched off. The names are the
// original's: a screen that was activated there goes on.

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
  try {
    const refreshToken = localStorage.getItem(NAMES.refreshToken);
    if (refreshToken === null || refreshToken === '') return undefined;
    return {
      refreshToken,
      projectId: localStorage.getItem(NAMES.projectId) ?? '',
      name: localStorage.getItem(NAMES.name) ?? '',
    };
  } catch {
    return undefined;
  }
}

export function remember(screen: Remembered): void {
  try {
    for (const [key, name] of Object.entries(NAMES)) {
      localStorage.setItem(name, screen[key as keyof Remembered]);
    }
  } catch {
    // Storage may be blocked; the screen then lasts until the page is left.
  }
}

export function forget(): void {
  try {
    for (const name of Object.values(NAMES)) localStorage.removeItem(name);
  } catch {
    // There is nothing to forget then.
  }
}
