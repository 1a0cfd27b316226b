import type { ReactNode } from 'react';
import { ApiError } from '../api/errors';
import { useCommon } from '../i18n/common';
import { Button } from './Button';
import { CopyButton } from './CopyButton';
import { Icon } from './Icon';

interface ErrorProps {
  error: unknown;
  onRetry?: () => void;
  /** Whether it is being tried again, where the failure is shown until that has worked. */
  busy?: boolean;
}

/** A failure, said plainly, with what support needs and a way to try again. */
export function ErrorNotice({ error, onRetry, busy = false }: ErrorProps) {
  const t = useCommon();
  const known = error instanceof ApiError ? error : undefined;
  return (
    <div className="notice notice-error" role="alert">
      <p>{known?.message ?? t('errorOwn')}</p>
      {known !== undefined && <ErrorDetail error={known} />}
      {onRetry !== undefined && (
        <Button busy={busy} onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}

/** The code and the request's id, to be named when asking for help. */
export function ErrorDetail({ error }: { error: ApiError }) {
  const t = useCommon();
  return (
    <p className="notice-detail">
      {error.code}
      {error.requestId !== undefined && (
        <>
          {' · '}
          {t('requestId', { id: error.requestId })}
          <CopyButton text={error.requestId} label={t('copyRequestId')} />
        </>
      )}
    </p>
  );
}

interface EmptyProps {
  title: string;
  children: ReactNode;
}

/** Nothing to show: says what to do next. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

interface BannerProps {
  tone: 'info' | 'warn' | 'bad';
  children: ReactNode;
  /** Gives it a way out; the caller remembers that it was taken. */
  onDismiss?: () => void;
}

/** One line above a page about its state. An icon and words carry it, the colour only helps. */
export function Banner({ tone, children, onDismiss }: BannerProps) {
  const t = useCommon();
  return (
    <div className={`banner banner-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={tone === 'info' ? 'info' : 'warning'} />
      <div className="banner-text">{children}</div>
      {onDismiss !== undefined && (
        <button type="button" className="icon-button" aria-label={t('dismiss')} onClick={onDismiss}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
