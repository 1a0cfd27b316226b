import { useCommon } from '../i18n/common';
import { type Preset, presetLabel } from '../time/range';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Notice';
import { type Filters, cleared, isNarrowed } from './search';

interface Props {
  title: string;
  /** What there would be, and where it comes from. */
  help: string;
  filters: Filters;
  /** The range offered instead. */
  wider: Preset;
  onChange: (part: Filters) => void;
}

/** Nothing matches: offers a wider range, and to take the filters away. */
export function NothingFound({ title, help, filters, wider, onChange }: Props) {
  const t = useCommon();
  return (
    <Empty title={title}>
      <p>{help}</p>
      <div className="row-actions">
        {filters.range !== wider && (
          <Button onClick={() => onChange({ range: wider, from: undefined, to: undefined })}>
            {t('rangeInstead', { range: presetLabel(wider) })}
          </Button>
        )}
        {isNarrowed(filters) && (
          <Button onClick={() => onChange(cleared())}>{t('filterClearThem')}</Button>
        )}
      </div>
    </Empty>
  );
}
