// What is shown when there is no page, or when a page broke.
import { Link, type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { ApiError } from '../api/errors';
import { Button } from '../ui/Button';
import { Logo } from '../ui/Logo';
import { usePageTitle } from '../ui/usePageTitle';

export function NotFound() {
  usePageTitle('Not found');
  return (
    <main className="fallback">
      <Logo />
      <h1>There is no page at this address</h1>
      <p>The link may be old, or part of it was lost when it was copied.</p>
      <Link to="/" className="button button-primary">
        Go to the overview
      </Link>
    </main>
  );
}

export function Crash({ error, reset }: ErrorComponentProps) {
  usePageTitle('Something broke');
  const router = useRouter();
  const known = error instanceof ApiError ? error : undefined;
  return (
    <main className="fallback" role="alert">
      <Logo />
      <h1>This page could not be shown</h1>
      <p>{known?.message ?? 'An unexpected error stopped the page. Your data is not affected.'}</p>
      {known !== undefined && (
        <p className="notice-detail">
          {known.code}
          {known.requestId !== undefined && <> · request {known.requestId}</>}
        </p>
      )}
      <Button
        look="primary"
        onClick={() => {
          reset();
          void router.invalidate();
        }}
      >
        Try again
      </Button>
    </main>
  );
}
