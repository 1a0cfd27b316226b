// The rules as they are edited, tried and saved. What was loaded stays the base of the edit: when somebody
// else saves meanwhile, a banner says so and nothing typed is lost.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiError } from '../../../api/errors';
import { type MaskingRules, maskingQuery, putMasking } from '../../../api/masking';
import { useTexts } from '../../../i18n/catalogue';
import { LeaveUnsaved } from '../../../layout/LeaveUnsaved';
import { Button } from '../../../ui/Button';
import { Icon } from '../../../ui/Icon';
import { Banner, Empty, ErrorNotice } from '../../../ui/Notice';
import { toast } from '../../../ui/toast';
import { RuleRow } from './RuleRow';
import { SaveRules } from './SaveRules';
import { Trial } from './Trial';
import { type Draft, changesOf, draftOf, problemsOf, ruleOf } from './rules';
import { maskingTexts } from './texts';

interface Props {
  projectId: string;
  saved: MaskingRules;
}

export function Editor({ projectId, saved }: Props) {
  const t = useTexts(maskingTexts);
  const [base, setBase] = useState(saved);
  const [drafts, setDrafts] = useState(() => saved.rules.map(draftOf));
  const next = useRef(saved.rules.length);
  const [asking, setAsking] = useState(false);
  const [tried, setTried] = useState<unknown>();
  const before = base.rules.map(draftOf);
  const changes = changesOf(before, drafts);

  function adopt(rules: MaskingRules) {
    setBase(rules);
    setDrafts(rules.rules.map(draftOf));
    // No number is given twice, also when dropped rules come back.
    next.current = Math.max(next.current, rules.rules.length);
    forget();
  }
  /** Shows these instead of what was edited, with a way back. */
  function drop(rules: MaskingRules) {
    adopt(rules);
    toast(t('discarded'), { onUndo: () => change(drafts) });
  }
  const save = useSave(projectId, adopt, () => setAsking(false));
  const problems = problemsIn(save.error) ?? problemsIn(tried);

  /** A problem is about the rules as they were sent. */
  function forget() {
    save.reset();
    setTried(undefined);
  }
  function change(rules: Draft[]) {
    setDrafts(rules);
    forget();
  }
  function add() {
    change([...drafts, { id: next.current++, kind: 'key', text: '', redaction: 'mask' }]);
  }

  return (
    <>
      {saved.version > base.version && (
        <div className="banners">
          <Banner tone="warn">
            {t('changedMeanwhile')}{' '}
            <button type="button" className="link" onClick={() => drop(saved)}>
              {t('takeTheirs')}
            </button>
          </Banner>
        </div>
      )}
      <section aria-label={t('rules')}>
        {drafts.length === 0 ? (
          <Empty title={t('emptyTitle')}>
            <p>{t('emptyHelp')}</p>
          </Empty>
        ) : (
          <ol className="mask-rules">
            {drafts.map((rule, index) => (
              <li key={rule.id}>
                <RuleRow
                  rule={rule}
                  number={index + 1}
                  problem={problems?.at.get(index)}
                  fresh={rule.id >= base.rules.length}
                  onChange={(to) => change(drafts.map((each) => (each.id === to.id ? to : each)))}
                  onRemove={() => change(drafts.filter(({ id }) => id !== rule.id))}
                />
              </li>
            ))}
          </ol>
        )}
        {problems?.rest !== undefined && (
          <p className="field-error" role="alert">
            {problems.rest}
          </p>
        )}
        <div className="mask-actions">
          <Button onClick={add}>
            <Icon name="plus" />
            {t('add')}
          </Button>
          <span className="muted" role="status">
            {changes.count > 0 && t('unsaved', { count: changes.count })}
          </span>
          {changes.count > 0 && (
            <Button look="quiet" onClick={() => drop(base)}>
              {t('discard')}
            </Button>
          )}
          <Button look="primary" disabled={changes.count === 0} onClick={() => setAsking(true)}>
            {t('save')}
          </Button>
        </div>
        {!asking && save.error !== null && problemsIn(save.error) === undefined && (
          <ErrorNotice error={save.error} />
        )}
      </section>
      <Trial projectId={projectId} rules={drafts.map(ruleOf)} onRefused={setTried} />
      {asking && (
        <SaveRules
          changes={changes}
          busy={save.isPending}
          onSave={() => save.mutate({ version: base.version, rules: drafts.map(ruleOf) })}
          onClose={() => setAsking(false)}
        />
      )}
      <LeaveUnsaved dirty={changes.count > 0} help={t('leaveHelp')} project={projectId} />
    </>
  );
}

function useSave(projectId: string, onSaved: (rules: MaskingRules) => void, onEnd: () => void) {
  const t = useTexts(maskingTexts);
  const client = useQueryClient();
  const { queryKey } = maskingQuery(projectId);
  return useMutation({
    mutationFn: ({ version, rules }: Pick<MaskingRules, 'version' | 'rules'>) =>
      putMasking(projectId, version, rules),
    onSuccess: (rules) => {
      client.setQueryData(queryKey, rules);
      onSaved(rules);
      toast(t('saved'));
    },
    onError: (error) => {
      // Somebody was faster: their rules are fetched, and the banner offers them.
      if (error instanceof ApiError && error.status === 409) {
        void client.invalidateQueries({ queryKey });
      }
    },
    onSettled: onEnd,
  });
}

/** The problems of the rules themselves, to be shown where they are. */
function problemsIn(error: unknown) {
  const about = error instanceof ApiError && error.parameter === 'rules';
  return about ? problemsOf(error.message) : undefined;
}
