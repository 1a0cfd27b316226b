import { useId } from 'react';
import { useTexts } from '../i18n/catalogue';
import { type ChartChoice, type ChartKind, MAX_SERIES, choose, kindsOf } from './chart';
import { type ResultColumn, isNumeric, isTemporal } from './columns';
import { sqlTexts } from './texts';

interface Props {
  columns: readonly ResultColumn[];
  choice: ChartChoice;
  onChange: (choice: ChartChoice) => void;
}

/** What is drawn, and from which columns. */
export function ChartControls({ columns, choice, onChange }: Props) {
  const t = useTexts(sqlTexts);
  const overTime = choice.kind === 'line' || choice.kind === 'columns';
  const names = columns.filter((column) => !isNumeric(column) && column.kind !== 'json');
  const axes = overTime ? columns.filter(isTemporal) : names;
  const numbers = columns.filter(isNumeric);
  const splits = names.filter((column) => !isTemporal(column));
  return (
    <div className="chart-controls" role="group" aria-label={t('chartOptions')}>
      <Choice
        label={t('chartKind')}
        value={choice.kind}
        options={kindsOf(columns).map((kind) => [kind, t(`chart_${kind}`)])}
        onChange={(kind) => onChange(choose(kind as ChartKind, columns) ?? choice)}
      />
      <Choice
        label={overTime ? t('chartTime') : t('chartNames')}
        value={String(choice.x)}
        options={axes.map(({ index, name }) => [String(index), name])}
        onChange={(x) => onChange({ ...choice, x: Number(x) })}
      />
      {numbers.length > 1 && (
        <Choice
          label={t('chartValue')}
          value={choice.values.length > 1 ? 'all' : String(choice.values[0])}
          options={[
            ...(overTime && choice.by === undefined ? [['all', t('chartAllValues')] as const] : []),
            ...numbers.map(({ index, name }) => [String(index), name] as const),
          ]}
          onChange={(value) =>
            onChange({
              ...choice,
              values:
                value === 'all'
                  ? numbers.slice(0, MAX_SERIES).map(({ index }) => index)
                  : [Number(value)],
            })
          }
        />
      )}
      {overTime && splits.length > 0 && (
        <Choice
          label={t('chartBy')}
          value={choice.by === undefined ? '' : String(choice.by)}
          options={[
            ['', t('chartNoSplit')],
            ...splits.map(({ index, name }) => [String(index), name] as const),
          ]}
          onChange={(by) =>
            onChange({
              ...choice,
              by: by === '' ? undefined : Number(by),
              values: choice.values.slice(0, 1),
            })
          }
        />
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <span className="chart-control">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input select"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </span>
  );
}
