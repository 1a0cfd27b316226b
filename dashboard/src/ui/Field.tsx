// Form fields: a label, a hint, and the server's objection at the field it is about (see
// `fieldErrors`).
import { type ComponentProps, type ReactNode, useId } from 'react';
import { ApiError } from '../api/errors';

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

/**
 * Where the server's objection belongs: `at('slug')` is its sentence when `slug` was at fault, `rest`
 * the error when it concerns none of the fields named.
 */
export function fieldErrors(error: unknown, ...fields: string[]) {
  const about = error instanceof ApiError ? error.parameter : undefined;
  const placed = about !== undefined && fields.includes(about);
  return {
    at: (field: string) =>
      placed && field === about && error instanceof ApiError ? error.message : undefined,
    rest: placed ? undefined : (error ?? undefined),
  };
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

export function TextArea({ label, hint, error, ...rest }: FieldProps & ComponentProps<'textarea'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        {...rest}
        id={id}
        className="input textarea"
        aria-invalid={error !== undefined || undefined}
        aria-describedby={`${id}-hint`}
      />
      <FieldHint id={`${id}-hint`} hint={hint} error={error} />
    </div>
  );
}

/** The browser's own select: short lists without search. */
export function SelectField(props: FieldProps & ComponentProps<'select'>) {
  const { label, hint, error, children, ...rest } = props;
  const own = useId();
  const id = rest.id ?? own;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        {...rest}
        id={id}
        className="input select"
        aria-invalid={error !== undefined || undefined}
        aria-describedby={`${id}-hint`}
      >
        {children}
      </select>
      <FieldHint id={`${id}-hint`} hint={hint} error={error} />
    </div>
  );
}

export function Checkbox({ label, hint, error, ...rest }: FieldProps & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className="field field-check">
      <input {...rest} id={id} type="checkbox" aria-describedby={`${id}-hint`} />
      <label htmlFor={id}>{label}</label>
      <FieldHint id={`${id}-hint`} hint={hint} error={error} />
    </div>
  );
}

interface SwitchProps {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
  /** Reads the label to assistive technology only: the place says it to everybody else. */
  quiet?: boolean;
}

/** On or off, at once. A choice that waits for "Save" is a Checkbox. */
export function Switch({ label, hint, checked, disabled, onChange, quiet = false }: SwitchProps) {
  const id = useId();
  return (
    <div className="field field-check">
      <button
        type="button"
        id={id}
        role="switch"
        className="switch"
        aria-checked={checked}
        aria-label={quiet ? label : undefined}
        aria-labelledby={quiet ? undefined : `${id}-label`}
        aria-describedby={`${id}-hint`}
        disabled={disabled}
        onClick={() => onChange(!checked)}
      >
        <span className="switch-knob" />
      </button>
      {!quiet && (
        <label id={`${id}-label`} htmlFor={id}>
          {label}
        </label>
      )}
      <FieldHint id={`${id}-hint`} hint={hint} error={undefined} />
    </div>
  );
}

interface HintProps {
  id: string;
  hint: ReactNode;
  error: string | undefined;
}

function FieldHint({ id, hint, error }: HintProps) {
  if (error !== undefined) {
    return (
      <p id={id} className="field-error" role="alert">
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
