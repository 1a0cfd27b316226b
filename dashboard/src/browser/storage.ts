// What this browser keeps from one visit to the next, and this tab until it is closed. A browser may be told to keep
// nothing: then nothing is known the next time, and what was chosen lasts until the page is left.

export interface Kept {
  /** What is kept under a name; nothing when there is nothing, or when it cannot be told. */
  get(name: string): string | undefined;
  /** Keeps a value under a name, or forgets what was there; whether that could be done. */
  set(name: string, value: string | undefined): boolean;
}

// Where nothing may be kept, to name the storage is refused already.
export const inBrowser = keptIn(() => localStorage);
export const inTab = keptIn(() => sessionStorage);

function keptIn(storage: () => Storage): Kept {
  return {
    get(name) {
      try {
        return storage().getItem(name) ?? undefined;
      } catch {
        return undefined;
      }
    },
    set(name, value) {
      try {
        if (value === undefined) storage().removeItem(name);
        else storage().setItem(name, value);
        return true;
      } catch {
        return false;
      }
    },
  };
}
