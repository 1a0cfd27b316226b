import { useState } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Editor } from '../../sql/Editor';
import { BUILT_IN } from '../../sql/variables';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { SelectField, TextArea, TextField } from '../../ui/Field';
import { WidgetBody } from './WidgetBody';
import type { Params } from './params';
import { QUESTION_NAMES, isQuestion, looksOf } from './questions';
import { LOOKS, type Look, MAX_NAME, type Variable, type Widget } from './report';
import { studioTexts } from './texts';

interface Props {
  widget: Widget;
  isNew: boolean;
  params: Params;
  variables: readonly Variable[];
  onKeep: (widget: Widget) => void;
  onClose: () => void;
}

const SQL = 'sql';
const TEXT = 'text';
const OF_SQL = LOOKS.filter((look) => look !== 'text');

/** What a widget asks and how it is shown, with a look at it. */
export function WidgetForm({ widget, isNew, params, variables, onKeep, onClose }: Props) {
  const t = useTexts(studioTexts);
  const common = useCommon();
  const [draft, setDraft] = useState(widget);
  // A query is looked at when it is asked for: every try is one of the console's.
  const [tried, setTried] = useState(isNew ? undefined : widget);
  const source = draft.viz === 'text' ? TEXT : (draft.question ?? SQL);
  const looks = source === SQL ? OF_SQL : isQuestion(source) ? looksOf(source) : [];
  const preview =
    source === SQL ? tried && { ...tried, viz: draft.viz, title: draft.title } : draft;

  function choose(next: string) {
    const { id, title } = draft;
    // A title nobody wrote follows what is asked.
    const own = title !== '' && !QUESTION_NAMES.some((name) => t(`question_${name}`) === title);
    if (isQuestion(next)) {
      const [viz = 'table'] = looksOf(next);
      setDraft({ id, title: own ? title : t(`question_${next}`), viz, question: next });
    } else if (next === TEXT) {
      setDraft({ id, title: own ? title : '', viz: 'text', text: draft.text ?? '' });
    } else {
      setDraft({ id, title: own ? title : '', viz: 'table', sql: draft.sql ?? '' });
    }
  }

  return (
    <Dialog title={isNew ? t('addWidget') : t('editTitle')} look="wide" onClose={onClose}>
      <div className="form widget-form">
        <div className="widget-form-row">
          <SelectField
            label={t('asks')}
            value={source}
            onChange={(event) => choose(event.target.value)}
          >
            <optgroup label={t('readyMade')}>
              {QUESTION_NAMES.map((name) => (
                <option key={name} value={name}>
                  {t(`question_${name}`)}
                </option>
              ))}
            </optgroup>
            <optgroup label={t('ownWords')}>
              {(params.mayAsk || source === SQL) && <option value={SQL}>{t('ofSql')}</option>}
              <option value={TEXT}>{t('ofText')}</option>
            </optgroup>
          </SelectField>
          {looks.length > 0 && (
            <SelectField
              label={t('shownAs')}
              value={draft.viz}
              onChange={(event) => setDraft({ ...draft, viz: event.target.value as Look })}
            >
              {looks.map((look) => (
                <option key={look} value={look}>
                  {t(`look_${look}`)}
                </option>
              ))}
            </SelectField>
          )}
          <TextField
            label={t('widgetTitle')}
            value={draft.title}
            maxLength={MAX_NAME}
            autoComplete="off"
            onChange={(event) => setDraft({ ...draft, title: event.target.value })}
          />
        </div>
        {source === SQL && (
          <div className="widget-sql">
            <div className="panel">
              <Editor
                label={t('sql')}
                value={draft.sql ?? ''}
                onChange={(sql) => setDraft((previous) => ({ ...previous, sql }))}
                onRun={(sql) => setTried({ ...draft, sql })}
                mark={undefined}
                variables={[...variables.map(({ name }) => name), ...BUILT_IN]}
              />
            </div>
            <p className="field-hint">{t('sqlHint', { variables: '{{start}}, {{end}}' })}</p>
            <Button onClick={() => setTried(draft)}>{t('try')}</Button>
          </div>
        )}
        {source === TEXT && (
          <TextArea
            label={t('text')}
            value={draft.text ?? ''}
            rows={6}
            hint={t('textHint')}
            onChange={(event) => setDraft({ ...draft, text: event.target.value })}
          />
        )}
        <section
          className="panel widget widget-preview"
          aria-label={t('preview')}
          data-look={draft.viz}
        >
          <div className="widget-body">
            {preview === undefined ? (
              <p className="widget-note">{t('notTried')}</p>
            ) : (
              <WidgetBody widget={preview} params={params} height={130} />
            )}
          </div>
        </section>
        <footer className="form-actions">
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button look="primary" onClick={() => onKeep(draft)}>
            {t('apply')}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}
