import type { ReactNode } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { welcomeTexts } from './texts';

interface Props {
  number: number;
  title: string;
  /** `shown`: done, and what it shows stays. */
  state: 'later' | 'open' | 'done' | 'shown';
  /** What came of it. */
  result?: string | undefined;
  children: ReactNode;
}

export function Step({ number, title, state, result, children }: Props) {
  const t = useTexts(welcomeTexts);
  const done = state === 'done' || state === 'shown';
  return (
    <li className={`step step-${state}`} aria-current={state === 'open' ? 'step' : undefined}>
      <span className="step-mark" aria-hidden="true">
        {done ? <Icon name="check" /> : number}
      </span>
      <div className="step-body">
        <h2>
          {title}
          {done && <span className="visually-hidden"> {t('stepDone')}</span>}
        </h2>
        {result !== undefined && <p className="muted">{result}</p>}
        {(state === 'open' || state === 'shown') && children}
      </div>
    </li>
  );
}
