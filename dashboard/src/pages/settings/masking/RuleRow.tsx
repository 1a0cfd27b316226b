import { useId } from 'react';
import { useTexts } from '../../../i18n/catalogue';
import { IconButton } from '../../../ui/Button';
import { Icon } from '../../../ui/Icon';
import { type Draft, KINDS, REDACTIONS } from './rules';
import { maskingTexts } from './texts';

const EXAMPLES = {
  key: 'customer_ref',
  path: '/request_body/items/*/serial',
  pattern: 'INV-[0-9]{6}',
};

interface Props {
  rule: Draft;
  /** Its place in the list, from 1. */
  number: number;
  problem: string | undefined;
  /** Takes the focus when it appears. */
  fresh: boolean;
  onChange: (rule: Draft) => void;
  onRemove: () => void;
}

export function RuleRow({ rule, number, problem, fresh, onChange, onRemove }: Props) {
  const t = useTexts(maskingTexts);
  const id = useId();
  return (
    <fieldset className="mask-rule">
      <legend className="visually-hidden">{t('rule', { number })}</legend>
      <select
        className="input select"
        aria-label={t('kind')}
        value={rule.kind}
        onChange={({ target }) =>
          onChange({ ...rule, kind: KINDS.find((each) => each === target.value) ?? 'key' })
        }
      >
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`kind_${kind}`)}
          </option>
        ))}
      </select>
      <input
        className="input mono"
        aria-label={t(`what_${rule.kind}`)}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={problem === undefined ? undefined : id}
        placeholder={EXAMPLES[rule.kind]}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        autoFocus={fresh}
        value={rule.text}
        onChange={({ target }) => onChange({ ...rule, text: target.value })}
      />
      <select
        className="input select"
        aria-label={t('redaction')}
        value={rule.redaction}
        onChange={({ target }) =>
          onChange({
            ...rule,
            redaction: REDACTIONS.find((each) => each === target.value) ?? 'mask',
          })
        }
      >
        {REDACTIONS.map((redaction) => (
          <option key={redaction} value={redaction}>
            {t(`redaction_${redaction}`)}
          </option>
        ))}
      </select>
      <IconButton label={t('remove', { number })} onClick={onRemove}>
        <Icon name="trash" />
      </IconButton>
      {problem !== undefined && (
        <p id={id} className="field-error" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
