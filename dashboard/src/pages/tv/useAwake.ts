import { useEffect } from 'react';

/** Keeps the screen from going dark, where the browser can. */
export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let left = false;
    async function take() {
      if (document.hidden || !('wakeLock' in navigator)) return;
      try {
        const taken = await navigator.wakeLock.request('screen');
        if (left) await taken.release();
        else lock = taken;
      } catch {
        // It may be refused, for want of power for example: the screen's own settings then decide.
      }
    }
    const again = () => void take();
    again();
    // The lock goes when the page is hidden.
    document.addEventListener('visibilitychange', again);
    return () => {
      left = true;
      document.removeEventListener('visibilitychange', again);
      void lock?.release();
    };
  }, []);
}
