import type { ReactNode } from 'react';
import { ApiError } from '../api/errors';
import { Button } from './Button';

/** A failure, said plainly, with what support needs and a way to try again. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const known = error instanceof ApiError ? error : undefined;
  return (
    <div className="notice notice-error" role="alert">
      <p>{known?.message ?? 'Something in this page went wrong. Reload it to continue.'}</p>
      {known !== undefined && (
        <p className="notice-detail">
          {known.code}
          {known.requestId !== undefined && <> · request {known.requestId}</>}
        </p>
      )}
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** What to do when there is nothing to show. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
