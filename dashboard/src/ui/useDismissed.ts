import { useState } from 'react';

/**
 * Whether the reader has put this message away, until the tab is closed. `about` is what it says: it comes
 * back when that changes.
 */
export function useDismissed(name: string, about: string): [boolean, () => void] {
  const key = `bataudit-dismissed-${name}`;
  const [dismissed, setDismissed] = useState(() => stored(key));
  return [
    dismissed === about,
    () => {
      setDismissed(about);
      try {
        sessionStorage.setItem(key, about);
      } catch {
        // Storage may be blocked; it then comes back with the page.
      }
    },
  ];
}

function stored(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
