// Which row the keyboard is on. Kept by id, so that arrivals above do not move it.
import { useCallback, useEffect, useState } from 'react';
import type { EventSummary } from '../../api/model';
import { isBusy } from './usePageKeys';

interface Options {
  events: readonly EventSummary[];
  openId: string | undefined;
  onOpen: (id: string | undefined, replace?: boolean) => void;
  show: (index: number) => void;
}

const PAGE = 15;

export function useActiveRow({ events, openId, onOpen, show }: Options) {
  const [id, setId] = useState<string | undefined>(openId);

  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isBusy(event.target)) return;
      // Arrows scroll and Enter presses elsewhere; in the list they move and open.
      const inList = event.target instanceof Element && event.target.id === 'events';
      const at = events.findIndex((each) => each.id === id);
      const next = target(event.key, at, events.length, inList);
      if (next !== undefined) {
        const chosen = events[next];
        if (chosen === undefined) return;
        event.preventDefault();
        setId(chosen.id);
        show(next);
        if (openId !== undefined) onOpen(chosen.id, true);
      } else if (event.key === 'Enter' && id !== undefined && (inList || nothingFocused())) {
        event.preventDefault();
        onOpen(id);
      }
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });

  // The same function as long as it can be: rows that are drawn already are then left alone.
  const open = useCallback(
    (chosen: string) => {
      setId(chosen);
      onOpen(chosen === openId ? undefined : chosen);
    },
    [onOpen, openId],
  );
  return { id, open };
}

function target(key: string, at: number, length: number, inList: boolean): number | undefined {
  const clamp = (index: number) => Math.max(0, Math.min(length - 1, index));
  if (key === 'j' || (inList && key === 'ArrowDown')) return clamp(at + 1);
  if (key === 'k' || (inList && key === 'ArrowUp')) return clamp(at - 1);
  if (!inList) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  if (key === 'PageDown') return clamp(at + PAGE);
  if (key === 'PageUp') return clamp(at - PAGE);
  return undefined;
}

function nothingFocused(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}
