import { useEffect } from 'react';

interface Keys {
  onFilter: () => void;
  onHelp: () => void;
  onPause: () => void;
  onEscape: (() => void) | undefined;
}

/** Keys that work anywhere on the page, except where someone is typing or choosing. */
export function usePageKeys({ onFilter, onHelp, onPause, onEscape }: Keys): void {
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isBusy(event.target)) return;
      const act = { '/': onFilter, '?': onHelp, p: onPause, Escape: onEscape }[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
}

/** Whether keys already mean something to the element that has the focus. */
export function isBusy(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, dialog, [role="menu"], [role="dialog"]') !== null
  );
}
