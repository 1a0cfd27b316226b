import type { ComponentProps } from 'react';

interface Props extends ComponentProps<'button'> {
  look?: 'primary' | 'plain' | 'quiet' | 'danger';
  busy?: boolean;
}

export function Button({ look = 'plain', busy = false, className, children, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={['button', `button-${look}`, className].filter(Boolean).join(' ')}
      aria-busy={busy || undefined}
      disabled={rest.disabled === true || busy}
    >
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** Read aloud, and shown on hover. */
  label: string;
}

export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={['icon-button', className].filter(Boolean).join(' ')}
      aria-label={label}
      title={label}
    >
      {children}
    </button>
  );
}
