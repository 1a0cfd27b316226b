import { type ComponentProps, type ReactNode, useState } from 'react';
import { useCommon } from '../i18n/common';
import { TextField } from './Field';

interface Props extends Omit<ComponentProps<'input'>, 'type'> {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

/** A password somebody chooses. How short it may be is the server's rule. */
export function NewPasswordField(props: Props) {
  const t = useCommon();
  return (
    <PasswordField
      {...props}
      autoComplete="new-password"
      minLength={8}
      required
      hint={t('passwordHint')}
    />
  );
}

/** A password that is typed once, and can be looked at instead of being typed twice. */
export function PasswordField(props: Props) {
  const t = useCommon();
  const [shown, setShown] = useState(false);
  return (
    <div className="password">
      <TextField {...props} type={shown ? 'text' : 'password'} spellCheck={false} />
      <button type="button" className="link" aria-pressed={shown} onClick={() => setShown(!shown)}>
        {t('showPassword')}
      </button>
    </div>
  );
}
