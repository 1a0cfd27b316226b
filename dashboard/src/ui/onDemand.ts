// Loads a part of the interface when it is first wanted: nobody opens a menu before the page stands.
import { useState } from 'react';

interface OnDemand<T> {
  /** The part, once `want` was called and it has arrived. */
  part: T | undefined;
  /** Starts loading, so that it is there by the time it is wanted. */
  prepare: () => void;
  want: () => void;
}

export function onDemand<T>(load: () => Promise<T>): () => OnDemand<T> {
  let loading: Promise<T> | undefined;
  const start = () => {
    loading ??= load().catch((error: unknown) => {
      // The next attempt starts over.
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return function useOnDemand() {
    const [part, setPart] = useState<T>();
    return {
      part,
      prepare: () => void start().catch(() => undefined),
      want: () =>
        void start().then(
          (loaded) => setPart(() => loaded),
          () => undefined,
        ),
    };
  };
}
