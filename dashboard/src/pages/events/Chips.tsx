import { useQuery } from '@tanstack/react-query';
import { projectsQuery } from '../../api/projects';
import type { Filters } from '../../filters/search';
import { isCustom, rangeLabel } from '../../time/range';
import { Icon } from '../../ui/Icon';

interface Props {
  filters: Filters;
  onChange: (part: Filters) => void;
  onClear: () => void;
}

interface Chip {
  name: string;
  value: string;
  without: Filters;
}

/** What narrows the list, each with a way out. */
export function Chips({ filters, onChange, onClear }: Props) {
  const { data: projects = [] } = useQuery(projectsQuery);
  const projectName = projects.find(({ id }) => id === filters.project)?.name;
  const chips = chipsOf(filters, projectName);
  if (chips.length === 0) return null;
  return (
    <ul className="chips" aria-label="Active filters">
      {chips.map(({ name, value, without }) => (
        <li key={name} className="chip">
          <span className="muted">{name}</span> <b>{value}</b>
          <button
            type="button"
            aria-label={`Clear ${name.toLowerCase()} ${value}`}
            onClick={() => onChange(without)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
      <li>
        <button type="button" className="link" onClick={onClear}>
          Clear all
        </button>
      </li>
    </ul>
  );
}

function chipsOf(filters: Filters, projectName: string | undefined): Chip[] {
  const chips: Chip[] = [];
  const add = (name: string, value: string | number | undefined, without: Filters) => {
    if (value !== undefined) chips.push({ name, value: String(value), without });
  };
  add('Project', projectName ?? filters.project, { project: undefined });
  add('Service', filters.service, { service: undefined });
  add('Method', filters.method, { method: undefined });
  add('Path', filters.path, { path: undefined });
  add('Status', filters.status, { status: undefined });
  add('Status', filters.class, { class: undefined });
  add('Identifier', filters.identifier, { identifier: undefined });
  add('Environment', filters.environment, { environment: undefined });
  add('Type', filters.type, { type: undefined });
  if (isCustom(filters)) add('Time', rangeLabel(filters), { from: undefined, to: undefined });
  return chips;
}
