import { type FormEvent, useState } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { BUILT_IN } from '../../sql/variables';
import { PRESETS, isPreset, presetLabel } from '../../time/range';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { SelectField, TextField } from '../../ui/Field';
import { FormFoot } from '../../ui/FormFoot';
import { Icon } from '../../ui/Icon';
import { isVariableName } from './names';
import type { Draft, Variable } from './report';
import { studioTexts } from './texts';

interface Props {
  draft: Draft;
  onKeep: (part: Pick<Draft, 'range' | 'variables'>) => void;
  onClose: () => void;
}

/** What concerns the whole report: its time range, and its variables. */
export function Settings({ draft, onKeep, onClose }: Props) {
  const t = useTexts(studioTexts);
  const [range, setRange] = useState<string>(draft.range ?? '');
  const [variables, setVariables] = useState<readonly Variable[]>(draft.variables);
  const [tried, setTried] = useState(false);
  const problem = (name: string, at: number) => {
    if (!isVariableName(name)) return t('variableName');
    if (BUILT_IN.some((each) => each === name)) return t('variableBuiltIn');
    return variables.findIndex((each) => each.name === name) < at ? t('variableTwice') : undefined;
  };

  function change(at: number, part: Partial<Variable>) {
    setVariables(variables.map((each, index) => (index === at ? { ...each, ...part } : each)));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (variables.some(({ name }, at) => problem(name, at) !== undefined)) return;
    onKeep({ range: isPreset(range) ? range : undefined, variables });
  }

  return (
    <Dialog title={t('settings')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <SelectField
          label={t('ownRange')}
          value={range}
          hint={t('ownRangeHint')}
          onChange={(event) => setRange(event.target.value)}
        >
          <option value="">{t('readersRange')}</option>
          {PRESETS.map((preset) => (
            <option key={preset} value={preset}>
              {presetLabel(preset)}
            </option>
          ))}
        </SelectField>
        <fieldset className="studio-variables">
          <legend>{t('variables')}</legend>
          <p className="field-hint">{t('variablesHint', { example: "'{{service_name}}'" })}</p>
          {variables.map(({ name, value }, at) => (
            <div key={at} className="studio-variable">
              <TextField
                label={t('variable', { number: at + 1 })}
                value={name}
                autoComplete="off"
                spellCheck={false}
                error={tried ? problem(name, at) : undefined}
                onChange={(event) => change(at, { name: event.target.value })}
              />
              <TextField
                label={t('variableValue')}
                value={value}
                autoComplete="off"
                onChange={(event) => change(at, { value: event.target.value })}
              />
              <IconButton
                label={t('removeVariable', { name: name || String(at + 1) })}
                onClick={() => setVariables(variables.filter((_, index) => index !== at))}
              >
                <Icon name="trash" />
              </IconButton>
            </div>
          ))}
          <Button onClick={() => setVariables([...variables, { name: '', value: '' }])}>
            <Icon name="plus" />
            {t('addVariable')}
          </Button>
        </fieldset>
        <FormFoot submit={t('apply')} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
