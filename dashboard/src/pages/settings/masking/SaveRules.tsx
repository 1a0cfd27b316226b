import { useTexts } from '../../../i18n/catalogue';
import { Dialog } from '../../../ui/Dialog';
import { FormFoot } from '../../../ui/FormFoot';
import type { Changes, Draft } from './rules';
import { maskingTexts } from './texts';

interface Props {
  changes: Changes;
  busy: boolean;
  onSave: () => void;
  onClose: () => void;
}

/** Says what will be different before it is. */
export function SaveRules({ changes, busy, onSave, onClose }: Props) {
  const t = useTexts(maskingTexts);
  const { added, removed, changed } = changes;
  return (
    <Dialog title={t('saveTitle')} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          onSave();
        }}
      >
        <div className="prose">
          <Listed title={t('added')} rules={added} />
          <Listed title={t('removed')} rules={removed} />
          {changed.length > 0 && (
            <section>
              <h3>{t('changed')}</h3>
              <ul className="mask-changes">
                {changed.map(({ from, to }) => (
                  <li key={to.id}>
                    {t('fromTo', {
                      from: t(`redaction_${from}`),
                      to: t(`redaction_${to.redaction}`),
                    })}{' '}
                    <code>{to.text}</code>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <p className="muted">{t('saveHelp')}</p>
          {removed.length > 0 && <p className="muted">{t('saveRemoved')}</p>}
        </div>
        <FormFoot submit={t('saveDo')} busy={busy} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function Listed({ title, rules }: { title: string; rules: readonly Draft[] }) {
  const t = useTexts(maskingTexts);
  if (rules.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="mask-changes">
        {rules.map(({ id, kind, text, redaction }) => (
          <li key={id}>
            {t(`kind_${kind}`)} <code>{text}</code>
            {redaction !== 'mask' && ` · ${t(`redaction_${redaction}`)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
