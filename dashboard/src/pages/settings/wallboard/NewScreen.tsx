import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { Project } from '../../../api/model';
import { type CreatedScreen, createScreen, screensQuery } from '../../../api/screens';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { Code } from '../../../ui/Code';
import { Dialog } from '../../../ui/Dialog';
import { Checkbox, TextField, fieldErrors } from '../../../ui/Field';
import { FormFoot } from '../../../ui/FormFoot';
import { Banner } from '../../../ui/Notice';
import { useNow } from '../../../ui/useNow';
import { useSecret } from '../useSecret';
import { countdown } from './screenState';
import { wallboardTexts } from './texts';

export function NewScreen({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useTexts(wallboardTexts);
  const { ownInstance } = useRights();
  const create = useSecret(createScreen, screensQuery.queryKey);
  const errors = fieldErrors(create.error, 'name');

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    create.mutate({
      name: String(form.get('name')).trim(),
      ...(form.get('every') === null ? { project_id: project.id } : {}),
    });
  }

  if (create.data !== undefined) return <Shown screen={create.data} onClose={onClose} />;
  return (
    <Dialog title={t('make')} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextField
          label={t('name')}
          name="name"
          placeholder={t('namePlaceholder')}
          hint={t('nameHint')}
          maxLength={100}
          required
          autoFocus
          error={errors.at('name')}
        />
        {ownInstance && (
          <Checkbox
            label={t('every')}
            name="every"
            hint={t('everyHint', { project: project.name })}
          />
        )}
        <FormFoot
          error={errors.rest}
          submit={t('makeDo')}
          busy={create.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

/** The code, as long as it can be typed in; then what became of it. */
function Shown({ screen, onClose }: { screen: CreatedScreen; onClose: () => void }) {
  const t = useTexts(wallboardTexts);
  const now = useNow(1_000);
  const screens = useQuery(screensQuery);
  const listed = screens.data?.find(({ id }) => id === screen.id);
  const left = Date.parse(screen.expires_at) - now;
  const on = listed !== undefined && listed.activated_at !== null;
  const address = `${window.location.origin}${import.meta.env.BASE_URL}tv`;
  return (
    <Dialog title={t('codeTitle', { name: screen.name })} onClose={onClose} sticky>
      {on ? (
        <Banner tone="info">{t('isOn', { name: screen.name })}</Banner>
      ) : left <= 0 ? (
        <Banner tone="warn">{t('codeOver')}</Banner>
      ) : (
        <>
          <p>{t('codeHelp', { address })}</p>
          <div className="screen-code">
            <Code label={t('code')} text={screen.code} />
          </div>
          <p className="muted">
            {t('codeLeft')}{' '}
            <b role="timer" className="number">
              {countdown(left)}
            </b>
          </p>
        </>
      )}
      <footer className="form-actions">
        <Button look="primary" onClick={onClose}>
          {t(on || left <= 0 ? 'done' : 'codeDone')}
        </Button>
      </footer>
    </Dialog>
  );
}
