import { useState } from 'react';
import { inTab } from '../browser/storage';

/**
 * Whether the reader has put this message away, until the tab is closed. `about` is what it says: it comes
 * back when that changes.
 */
export function useDismissed(name: string, about: string): [boolean, () => void] {
  const key = `bataudit-dismissed-${name}`;
  const [dismissed, setDismissed] = useState(() => inTab.get(key));
  return [
    dismissed === about,
    () => {
      setDismissed(about);
      inTab.set(key, about);
    },
  ];
}
