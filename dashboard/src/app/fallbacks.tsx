// What is shown when there is no page, or when a page broke.
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { ApiError } from '../api/errors';
import { useCommon } from '../i18n/common';
import { Button } from '../ui/Button';
import { Logo } from '../ui/Logo';
import { ErrorDetail } from '../ui/Notice';
import { usePageTitle } from '../ui/usePageTitle';

export function NotFound() {
  const t = useCommon();
  usePageTitle(t('notFoundTitle'));
  return (
    <main className="fallback">
      <Logo />
      <h1>{t('notFound')}</h1>
      <p>{t('notFoundHelp')}</p>
      <Link to="/" className="button button-primary">
        {t('toOverview')}
      </Link>
    </main>
  );
}

export function Crash({ error, reset }: ErrorComponentProps) {
  const t = useCommon();
  usePageTitle(t('crashTitle'));
  const router = useRouter();
  const known = error instanceof ApiError ? error : undefined;
  return (
    <main className="fallback" role="alert">
      <Logo />
      <h1>{t('crash')}</h1>
      <p>{known?.message ?? t('crashHelp')}</p>
      {known !== undefined && <ErrorDetail error={known} />}
      <Button
        look="primary"
        onClick={() => {
          reset();
          void router.invalidate();
        }}
      >
        {t('retry')}
      </Button>
    </main>
  );
}
