import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { facetsQuery } from '../../api/events';
import { useTexts } from '../../i18n/catalogue';
import { Suggestions } from '../../ui/Suggestions';
import { filterOf } from './params';
import type { Variable } from './report';
import { studioTexts } from './texts';

interface Props {
  variables: readonly Variable[];
  values: Readonly<Record<string, string>>;
  project: string | undefined;
  /** Without a value it is the report's own again. */
  onChange: (name: string, value: string | undefined) => void;
}

/** The report's variables, to be filled. */
export function VariableFields({ variables, values, project, onChange }: Props) {
  const { data: facets } = useQuery({
    ...facetsQuery({ project }),
    enabled: variables.some(({ name }) => filterOf(name) !== undefined),
  });
  const known = {
    service: facets?.services,
    environment: facets?.environments,
    method: facets?.methods,
  };
  return variables.map(({ name, value }) => {
    const field = filterOf(name);
    return (
      <Field
        key={`${name} ${values[name] ?? ''}`}
        name={name}
        value={values[name] ?? value}
        options={(field && known[field]) ?? []}
        onChange={(next) => onChange(name, next === value ? undefined : next)}
      />
    );
  });
}

interface FieldProps {
  name: string;
  value: string;
  options: readonly string[];
  onChange: (value: string) => void;
}

/** Asked anew when the field is left or Enter pressed, not with every letter. */
function Field({ name, value, options, onChange }: FieldProps) {
  const t = useTexts(studioTexts);
  const id = useId();
  const [text, setText] = useState(value);
  const done = () => {
    if (text !== value) onChange(text);
  };
  return (
    <span className="report-variable">
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        className="input"
        list={`${id}-list`}
        value={text}
        placeholder={t('anyValue')}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === 'Enter') done();
        }}
      />
      <Suggestions id={`${id}-list`} values={options} />
    </span>
  );
}
