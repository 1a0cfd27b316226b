import { type ComponentProps, type ReactNode, useId } from 'react';

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

export function TextField({ label, hint, error, ...rest }: FieldProps & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        className="input"
        aria-invalid={error !== undefined || undefined}
        aria-describedby={`${id}-hint`}
      />
      <FieldHint id={`${id}-hint`} hint={hint} error={error} />
    </div>
  );
}

export function SelectField({
  label,
  hint,
  error,
  children,
  ...rest
}: FieldProps & ComponentProps<'select'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...rest} id={id} className="input select" aria-describedby={`${id}-hint`}>
        {children}
      </select>
      <FieldHint id={`${id}-hint`} hint={hint} error={error} />
    </div>
  );
}

function FieldHint({
  id,
  hint,
  error,
}: {
  id: string;
  hint: ReactNode;
  error?: string | undefined;
}) {
  if (error !== undefined) {
    return (
      <p id={id} className="field-error">
        {error}
      </p>
    );
  }
  return (
    <p id={id} className="field-hint" hidden={hint === undefined}>
      {hint}
    </p>
  );
}
