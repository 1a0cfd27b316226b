import { useState } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { Checkbox } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Popover } from '../../ui/Popover';
import { type ColumnName, COLUMNS, DEFAULT_COLUMNS } from './columns';
import { eventsTexts } from './texts';

interface Props {
  shown: readonly ColumnName[];
  onChange: (columns: readonly ColumnName[] | undefined) => void;
}

/** Chooses the columns of the list. The choice stands in the address, so a link shows the same. */
export function Columns({ shown, onChange }: Props) {
  const t = useTexts(eventsTexts);
  const [open, setOpen] = useState(false);
  function toggle(name: ColumnName, on: boolean) {
    const next = COLUMNS.filter((each) => (each === name ? on : shown.includes(each)));
    if (next.length === 0) return;
    onChange(next.join() === DEFAULT_COLUMNS.join() ? undefined : next);
  }
  return (
    <Popover
      label={t('columns')}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className="pill" aria-label={t('columns')}>
          <Icon name="columns" />
          <span>{t('columns')}</span>
        </button>
      }
    >
      <div className="column-choice">
        {COLUMNS.map((name) => (
          <Checkbox
            key={name}
            label={t(`column_${name}`)}
            checked={shown.includes(name)}
            onChange={(event) => toggle(name, event.target.checked)}
          />
        ))}
        <button type="button" className="link" onClick={() => onChange(undefined)}>
          {t('columnsReset')}
        </button>
      </div>
    </Popover>
  );
}
