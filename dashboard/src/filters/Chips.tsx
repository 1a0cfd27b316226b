import { useQuery } from '@tanstack/react-query';
import { projectsQuery } from '../api/projects';
import { useCommon } from '../i18n/common';
import { isCustom, rangeLabel, rangeUtc } from '../time/range';
import { Icon } from '../ui/Icon';
import { FIELD_KEYS, fieldOf, isNegated } from './fields';
import { type Filters, cleared, withoutValue } from './search';

interface Props {
  filters: Filters;
  onChange: (part: Filters) => void;
}

interface Chip {
  name: string;
  value: string;
  title?: string | undefined;
  without: Filters;
}

/** What narrows the view, each with a way out. */
export function Chips({ filters, onChange }: Props) {
  const t = useCommon();
  const { data: projects, isPending } = useQuery(projectsQuery);
  const named = projects?.find(({ id }) => id === filters.project)?.name;
  const chips = chipsOf(filters, t, isPending ? '…' : named);
  if (chips.length === 0) return null;
  return (
    // Chips stand beside each other: none is shown before the name of the project is known.
    <ul
      className="chips"
      aria-label={t('filters')}
      data-waits={(isPending && filters.project !== undefined) || undefined}
    >
      {chips.map(({ name, value, title, without }) => (
        <li key={`${name} ${value}`} className="chip">
          <span className="muted">{name}</span> <b title={title}>{value}</b>
          <button
            type="button"
            aria-label={t('filterClear', { name, value })}
            onClick={() => onChange(without)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          className="link"
          onClick={() => onChange({ ...cleared(), project: undefined })}
        >
          {t('filterClearAll')}
        </button>
      </li>
    </ul>
  );
}

function chipsOf(
  filters: Filters,
  t: ReturnType<typeof useCommon>,
  projectName: string | undefined,
): Chip[] {
  const chips: Chip[] = [];
  if (filters.project !== undefined) {
    const value = projectName ?? filters.project;
    chips.push({ name: t('project'), value, without: { project: undefined } });
  }
  if (filters.q !== undefined) {
    chips.push({ name: t('filterWords'), value: filters.q, without: { q: undefined } });
  }
  for (const key of FIELD_KEYS) {
    for (const value of filters[key] ?? []) {
      chips.push({
        name: t(`field_${fieldOf(key)}`),
        value: isNegated(key) ? t('notValue', { value }) : value,
        without: withoutValue(filters, key, value),
      });
    }
  }
  if (isCustom(filters)) {
    const without = { from: undefined, to: undefined };
    const [value, title] = [rangeLabel(filters), rangeUtc(filters)];
    chips.push({ name: t('time'), value, title, without });
  }
  return chips;
}
