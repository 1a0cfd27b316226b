import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { toast } from '../../ui/toast';
import type { Open } from './Dialogs';
import { ReportMenu } from './ReportMenu';
import { MAX_NAME } from './report';
import { studioTexts } from './texts';
import type { useReport } from './useReport';

interface Props {
  held: ReturnType<typeof useReport>;
  mayEdit: boolean;
  editing: boolean;
  /** The button that adds a widget. */
  add: ReactNode;
  onEdit: (edit: boolean) => void;
  onOpen: (open: Open) => void;
  onSaveCopy: () => void;
}

/** Name and actions of a report. */
export function ReportHead(props: Props) {
  const { held, mayEdit, editing, add, onEdit, onOpen, onSaveCopy } = props;
  const { draft, dirty, save } = held;
  const t = useTexts(studioTexts);
  const client = useQueryClient();

  function discard() {
    const before = draft;
    held.discard();
    onEdit(false);
    toast(t('discarded'), {
      onUndo: () => {
        held.change(() => before);
        onEdit(true);
      },
    });
  }

  return (
    <header className="page-head report-head">
      {editing ? (
        <div className="report-name">
          <h1 className="visually-hidden">{draft.name || t('untitled')}</h1>
          <TextField
            label={t('name')}
            value={draft.name}
            maxLength={MAX_NAME}
            onChange={(event) => held.change({ name: event.target.value })}
          />
        </div>
      ) : (
        <h1>{draft.name}</h1>
      )}
      <div className="report-actions">
        {editing ? (
          <>
            {dirty && <span className="muted">{t('notSaved')}</span>}
            {add}
            <Button onClick={() => onOpen({ what: 'settings' })}>{t('settings')}</Button>
            <Button onClick={dirty ? discard : () => onEdit(false)}>
              {dirty ? t('discard') : t('done')}
            </Button>
            <Button
              look="primary"
              busy={save.isPending}
              disabled={!dirty || draft.name.trim() === ''}
              onClick={() =>
                save.mutate({}, { onSuccess: ({ name }) => toast(t('saved', { name })) })
              }
            >
              {t('save')}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => void client.invalidateQueries({ predicate: isFigure })}>
              {t('refresh')}
            </Button>
            <Button onClick={() => window.print()}>
              <Icon name="download" />
              {t('print')}
            </Button>
            {mayEdit && (
              <Button look="primary" onClick={() => onEdit(true)}>
                <Icon name="edit" />
                {t('edit')}
              </Button>
            )}
          </>
        )}
        {mayEdit && (
          <ReportMenu onDuplicate={onSaveCopy} onRemove={() => onOpen({ what: 'remove' })} />
        )}
      </div>
    </header>
  );
}

function isFigure({ queryKey: [first] }: { queryKey: readonly unknown[] }): boolean {
  return first === 'stats' || first === 'insights' || first === 'report-query';
}
