import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import {
  type AnomalyRule,
  type RuleType,
  changeRule,
  createRule,
  rulesQuery,
  tryRule,
} from '../../api/anomalies';
import { facetsQuery } from '../../api/events';
import { count } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { SelectField, TextField, fieldErrors } from '../../ui/Field';
import { FormFoot } from '../../ui/FormFoot';
import { ErrorNotice } from '../../ui/Notice';
import { Suggestions } from '../../ui/Suggestions';
import { toast } from '../../ui/toast';
import { Trial } from './Trial';
import {
  type Draft,
  KINDS,
  type Problem,
  RULE_TYPES,
  draftFrom,
  draftOf,
  fieldsOf,
  isProblem,
} from './kinds';
import { anomaliesTexts } from './texts';

interface Props {
  projectId: string;
  /** The rule to be changed; a new one when there is none. */
  rule: AnomalyRule | undefined;
  onClose: () => void;
}

export function RuleForm({ projectId, rule, onClose }: Props) {
  const t = useTexts(anomaliesTexts);
  const [draft, setDraft] = useState(() => (rule ? draftFrom(rule) : draftOf('error_rate')));
  const [problem, setProblem] = useState<Problem>();
  const trial = useMutation({ mutationFn: tryRule });
  const save = useSave(projectId, rule, onClose);
  const tried = trial.variables;
  const now = fieldsOf(draft);
  const stale = tried !== undefined && JSON.stringify(tried) !== JSON.stringify(asked(now));

  function asked(fields: ReturnType<typeof fieldsOf>) {
    return { project_id: projectId, ...fields };
  }

  function checked(act: (fields: Exclude<typeof now, Problem>) => void) {
    setProblem(isProblem(now) ? now : undefined);
    if (!isProblem(now)) act(now);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    checked((fields) => save.mutate(fields));
  }

  return (
    <Dialog title={rule ? t('editTitle') : t('newTitle')} look="wide" onClose={onClose}>
      <form className="form rule-form" onSubmit={submit} noValidate>
        <RuleFields
          draft={draft}
          projectId={projectId}
          fixed={rule !== undefined}
          problem={problem}
          error={save.error ?? trial.error}
          onChange={(part) => setDraft({ ...draft, ...part })}
          onKind={(kind) =>
            setDraft({ ...draftOf(kind), service: draft.service, environment: draft.environment })
          }
        />
        <Trial result={trial.data} stale={stale} projectId={projectId} busy={trial.isPending} />
        <FormFoot busy={save.isPending} onCancel={onClose}>
          <Button
            busy={trial.isPending}
            onClick={() => checked((fields) => trial.mutate({ project_id: projectId, ...fields }))}
          >
            {t('try')}
          </Button>
        </FormFoot>
      </form>
    </Dialog>
  );
}

function useSave(projectId: string, rule: AnomalyRule | undefined, onSaved: () => void) {
  const t = useTexts(anomaliesTexts);
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fields: Exclude<ReturnType<typeof fieldsOf>, Problem>) => {
      if (rule === undefined) return createRule({ project_id: projectId, ...fields });
      const { rule_type: _, ...change } = fields;
      return changeRule(rule.id, change);
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: rulesQuery(projectId).queryKey });
      toast(t('saved'));
      onSaved();
    },
  });
}

interface FieldsProps {
  draft: Draft;
  projectId: string;
  fixed: boolean;
  problem: Problem | undefined;
  error: unknown;
  onChange: (part: Partial<Draft>) => void;
  onKind: (kind: RuleType) => void;
}

function RuleFields(props: FieldsProps) {
  const { draft, projectId, fixed, problem, error, onChange, onKind } = props;
  const t = useTexts(anomaliesTexts);
  const id = useId();
  const facets = useQuery(facetsQuery({ project: projectId, range: '7d' }));
  const kind = KINDS[draft.kind];
  const refused = fieldErrors(
    error,
    'threshold',
    'window_seconds',
    'cooldown_seconds',
    'service_name',
    'environment',
  );
  const wrong = (field: Problem['field'], parameter: string) =>
    problem?.field === field ? bounds(problem) : refused.at(parameter);
  const bounds = ({ least, most }: { least: number; most: number }) =>
    t('bounds', { least: count(least), most: count(most) });
  const text = (field: keyof Draft) => ({
    value: draft[field],
    onChange: (event: { target: { value: string } }) => onChange({ [field]: event.target.value }),
  });
  return (
    <>
      <SelectField
        label={t('kind')}
        value={draft.kind}
        disabled={fixed}
        onChange={(event) => onKind(event.target.value as RuleType)}
      >
        {RULE_TYPES.map((type) => (
          <option key={type} value={type}>
            {t(`kind_${type}`)}
          </option>
        ))}
      </SelectField>
      <div className="rule-fields">
        <TextField
          label={t(`threshold_${kind.unit}`)}
          inputMode="decimal"
          hint={bounds(kind)}
          error={wrong('threshold', 'threshold')}
          {...text('threshold')}
        />
        {kind.window !== undefined && (
          <TextField
            label={t('window')}
            inputMode="numeric"
            hint={t('windowHint')}
            error={wrong('window', 'window_seconds')}
            {...text('window')}
          />
        )}
        <TextField
          label={t('cooldownSeconds')}
          inputMode="numeric"
          hint={t('cooldownHint')}
          error={wrong('cooldown', 'cooldown_seconds')}
          {...text('cooldown')}
        />
        <TextField
          label={t('service')}
          list={`${id}-services`}
          hint={t('serviceHint')}
          error={refused.at('service_name')}
          {...text('service')}
        />
        <TextField
          label={t('environment')}
          list={`${id}-environments`}
          hint={t('environmentHint')}
          error={refused.at('environment')}
          {...text('environment')}
        />
      </div>
      <Suggestions id={`${id}-services`} values={facets.data?.services} />
      <Suggestions id={`${id}-environments`} values={facets.data?.environments} />
      {refused.rest !== undefined && <ErrorNotice error={refused.rest} />}
    </>
  );
}
