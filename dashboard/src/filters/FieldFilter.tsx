import { useCommon } from '../i18n/common';
import { Combobox, type Option } from '../ui/Combobox';
import type { FieldKey, FieldName } from './fields';
import { type Filters, STATUS_CLASSES, withValue, withoutValue } from './search';

interface Props {
  field: FieldName;
  filters: Filters;
  /** The values seen in the range, the most frequent first. */
  options?: readonly Option[] | undefined;
  busy?: boolean;
  onOpen?: () => void;
  onChange: (part: Filters) => void;
}

/** One field: values it shall have, values it shall not have. What is not offered can be typed. */
export function FieldFilter(props: Props) {
  const { field, filters, options = [], busy = false, onOpen, onChange } = props;
  const t = useCommon();
  const offered = field === 'class' ? classes(t, options) : options;
  return (
    <Combobox
      label={t(`field_${field}`)}
      options={offered}
      chosen={filters[field] ?? []}
      excluded={filters[`${field}!`] ?? []}
      free={field !== 'class'}
      busy={busy}
      onOpen={onOpen}
      onToggle={(value, exclude) => {
        const key: FieldKey = exclude ? `${field}!` : field;
        const set = filters[key]?.includes(value) ?? false;
        onChange(set ? withoutValue(filters, key, value) : withValue(filters, key, value));
      }}
    />
  );
}

function classes(t: ReturnType<typeof useCommon>, counted: readonly Option[]): Option[] {
  return STATUS_CLASSES.map((value) => ({
    ...counted.find((option) => option.value === value),
    value,
    label: t(`class_${value}`),
  }));
}
