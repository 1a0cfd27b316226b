// Formatters take long to make, a thousand times what one use of them takes: each is made once.

/** Returns what was made for a key, or makes it. */
export type Kept<T> = (key: string, make: () => T) => T;

export function kept<T extends object>(): Kept<T> {
  const made = new Map<string, T>();
  return (key, make) => {
    let found = made.get(key);
    if (found === undefined) made.set(key, (found = make()));
    return found;
  };
}
