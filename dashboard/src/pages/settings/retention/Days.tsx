// How long the tiers are kept. What may remove something asks first.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Retention, retentionQuery, setRetention } from '../../../api/keeping';
import type { Project } from '../../../api/model';
import { count } from '../../../format/numbers';
import { useTexts } from '../../../i18n/catalogue';
import { useCommon } from '../../../i18n/common';
import { Button } from '../../../ui/Button';
import { Confirm } from '../../../ui/Confirm';
import { TextField, fieldErrors } from '../../../ui/Field';
import { ErrorNotice } from '../../../ui/Notice';
import { Skeleton } from '../../../ui/Skeleton';
import { toast } from '../../../ui/toast';
import { SectionHead } from '../SectionHead';
import { MOST, TIERS, readDays, shortened, typedOf } from './days';
import { retentionTexts } from './texts';

interface Props {
  project: Project;
  mayChange: boolean;
}

export function Days({ project, mayChange }: Props) {
  const t = useTexts(retentionTexts);
  const days = useQuery(retentionQuery(project.id));
  return (
    <section aria-label={t('days')}>
      <SectionHead title={t('days')} lead={t('daysLead')} />
      {days.data === undefined ? (
        days.isError ? (
          <ErrorNotice error={days.error} onRetry={() => void days.refetch()} />
        ) : (
          <Skeleton shape="lines" rows={3} />
        )
      ) : mayChange ? (
        <DaysForm project={project} saved={days.data} />
      ) : (
        <dl className="facts panel settings-card">
          {TIERS.map((tier) => {
            const kept = days.data[tier] ?? null;
            return (
              <div key={tier}>
                <dt>{t(`tier_${tier}`)}</dt>
                <dd>{kept === null ? t('installation') : t('keptDays', { count: kept })}</dd>
              </div>
            );
          })}
        </dl>
      )}
    </section>
  );
}

function DaysForm({ project, saved }: { project: Project; saved: Retention }) {
  const t = useTexts(retentionTexts);
  const common = useCommon();
  const client = useQueryClient();
  const [typed, setTyped] = useState(() => typedOf(saved));
  const [asking, setAsking] = useState(false);
  const days = readDays(typed);
  const changed = TIERS.some((tier) => days[tier] !== (saved[tier] ?? null));
  const shorter = shortened(saved, days);
  const save = useMutation({
    mutationFn: () => setRetention(project.id, days),
    onSuccess: (now) => {
      client.setQueryData(retentionQuery(project.id).queryKey, now);
      setTyped(typedOf(now));
      toast(t('daysSaved'));
    },
    onSettled: () => setAsking(false),
  });
  const errors = fieldErrors(save.error, ...TIERS);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (shorter.length > 0) setAsking(true);
    else save.mutate();
  }

  return (
    <>
      <form className="form panel settings-card" onSubmit={submit}>
        <div className="tiers">
          {TIERS.map((tier) => (
            <TextField
              key={tier}
              label={t(`tier_${tier}`)}
              type="number"
              min={1}
              max={MOST[tier]}
              step={1}
              placeholder={t('installation')}
              hint={t(`hint_${tier}`)}
              error={errors.at(tier)}
              value={typed[tier]}
              onChange={({ target }) => {
                setTyped({ ...typed, [tier]: target.value });
                save.reset();
              }}
            />
          ))}
        </div>
        {errors.rest !== undefined && <ErrorNotice error={errors.rest} />}
        <footer className="form-actions">
          {changed && (
            <Button
              look="quiet"
              onClick={() => {
                setTyped(typedOf(saved));
                save.reset();
              }}
            >
              {t('discard')}
            </Button>
          )}
          <Button type="submit" look="primary" disabled={!changed} busy={save.isPending}>
            {common('save')}
          </Button>
        </footer>
      </form>
      {asking && (
        <Confirm
          title={t('shortenTitle')}
          action={t('shortenDo')}
          keep={t('shortenKeep')}
          typed={project.name}
          busy={save.isPending}
          onConfirm={() => save.mutate()}
          onClose={() => setAsking(false)}
        >
          <ul className="prose">
            {shorter.map((tier) => {
              const kept = days[tier];
              return (
                <li key={tier}>
                  <b>{t(`tier_${tier}`)}</b>:{' '}
                  {kept === null ? t('goneLonger') : t('gone', { days: count(kept) })}
                </li>
              );
            })}
          </ul>
          <p>{t('goneHelp')}</p>
        </Confirm>
      )}
    </>
  );
}
