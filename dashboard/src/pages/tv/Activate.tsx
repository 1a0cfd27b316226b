import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../api/errors';
import { type Activated, activateScreen } from '../../api/wallboard';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { Logo } from '../../ui/Logo';
import { ErrorNotice } from '../../ui/Notice';
import { tvTexts } from './texts';
import './activate.css';

interface Props {
  /** Whether this was a screen until now. */
  ended: boolean;
  onActivated: (answer: Activated) => void;
}

export function Activate({ ended, onActivated }: Props) {
  const t = useTexts(tvTexts);
  const [code, setCode] = useState('');
  const activate = useMutation({
    mutationFn: () => activateScreen(code.trim()),
    onSuccess: onActivated,
  });
  const wrong = activate.error instanceof ApiError && activate.error.status === 401;
  const wait = activate.error instanceof ApiError ? activate.error.retryAfterSeconds : undefined;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (code.trim() !== '') activate.mutate();
  }

  return (
    <main className="tv tv-door">
      <form className="tv-door-card" onSubmit={submit}>
        <div className="tv-brand">
          <Logo />
          <h1>{t('title')}</h1>
        </div>
        {ended && (
          <p className="tv-ended" role="alert">
            {t('ended')}
          </p>
        )}
        <label htmlFor="tv-code">{t('code')}</label>
        <input
          id="tv-code"
          className="tv-code"
          value={code}
          onChange={(event) => setCode(event.target.value.toUpperCase())}
          placeholder={t('codeLike')}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          autoFocus
          aria-describedby="tv-code-help"
          aria-invalid={wrong || undefined}
        />
        <p id="tv-code-help" className="tv-help">
          {t('codeHelp')}
        </p>
        {wrong && (
          <p className="tv-ended" role="alert">
            {t('codeWrong')}
          </p>
        )}
        {activate.isError && !wrong && <ErrorNotice error={activate.error} />}
        {wait !== undefined && <p className="tv-help">{t('wait', { count: wait })}</p>}
        <Button type="submit" look="primary" busy={activate.isPending}>
          {t('activate')}
        </Button>
      </form>
    </main>
  );
}
