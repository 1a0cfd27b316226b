import { useEffect, useState } from 'react';
import { ApiError } from '../../api/errors';
import { duration } from '../../format/numbers';

/** How long the server wants one to wait after this answer, in words that count down; nothing when it is over. */
export function useWait(error: unknown): string | undefined {
  const seconds =
    error instanceof ApiError && error.status === 429 ? error.retryAfterSeconds : undefined;
  const [left, setLeft] = useState(0);
  const [known, setKnown] = useState<unknown>();
  if (error !== known) {
    setKnown(error);
    setLeft(seconds ?? 0);
  }
  useEffect(() => {
    if (seconds === undefined) return;
    const until = Date.now() + seconds * 1_000;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [error, seconds]);
  if (left === 0) return undefined;
  return left < 60 ? `${left} s` : duration(left * 1_000);
}
