import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectsQuery } from '../../api/projects';
import type { Filters } from '../../filters/search';
import { type RawJson, decodeString, member, scalarText } from '../../json/raw';
import { visible } from '../../json/lines';
import { duration } from '../../format/numbers';
import { utc } from '../../format/time';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Status } from '../../ui/Badge';
import { IconButton } from '../../ui/Button';
import { CopyButton } from '../../ui/CopyButton';
import { Icon } from '../../ui/Icon';
import { Masked } from '../../ui/Masked';
import { Time } from '../../ui/Time';
import { JsonBlock } from './JsonBlock';
import { BODIES, type FieldSpec, GROUPS, KNOWN } from './fields';
import { eventsTexts } from './texts';

interface Props {
  event: RawJson;
  onFilter: (part: Filters) => void;
}

export function EventFields({ event, onFilter }: Props) {
  const t = useTexts(eventsTexts);
  return (
    <>
      {GROUPS.map(({ title, fields }) => (
        <section key={title} className="fields" aria-label={t(`group_${title}`)}>
          <h3>{t(`group_${title}`)}</h3>
          <dl>
            {fields.map((field) => (
              <Field
                key={field.key}
                spec={field}
                value={scalarText(member(event, field.key))}
                onFilter={onFilter}
              />
            ))}
          </dl>
        </section>
      ))}
      {BODIES.map(({ key }) => {
        const value = member(event, key);
        return value === undefined || isNothing(value) ? null : (
          <JsonBlock key={key} label={t(`field_${key}`)} value={value} />
        );
      })}
      {others(event).map(({ rawKey, value }) => (
        <JsonBlock key={rawKey} label={decodeString(rawKey)} value={value} />
      ))}
    </>
  );
}

interface FieldProps {
  spec: FieldSpec;
  value: string | undefined;
  onFilter: (part: Filters) => void;
}

function Field({ spec, value, onFilter }: FieldProps) {
  const t = useTexts(eventsTexts);
  const common = useCommon();
  if (value === undefined) return null;
  const { filter } = spec;
  const label = t(`field_${spec.key}`);
  return (
    <div className="field-row">
      <dt>{label}</dt>
      <dd>
        <span className="field-value">{present(spec, value)}</span>
        <span className="field-tools">
          {filter !== undefined && (
            <IconButton
              label={t('filterBy', { field: label })}
              onClick={() => onFilter(filter(value))}
            >
              <Icon name="filter" />
            </IconButton>
          )}
          <CopyButton text={value} label={common('copyThing', { thing: label })} />
        </span>
      </dd>
    </div>
  );
}

function present(spec: FieldSpec, value: string): ReactNode {
  switch (spec.look) {
    case 'time':
      return (
        <>
          <Time value={value} look="clock" /> <span className="muted">{utc(value)}</span>
        </>
      );
    case 'duration':
      return duration(Number(value));
    case 'project':
      return <ProjectName id={value} />;
    case 'status':
      return <Status code={Number(value)} />;
    default:
      return <Masked text={value}>{visible(value)}</Masked>;
  }
}

/** The id as well: a project may be called like another one, or be gone. */
function ProjectName({ id }: { id: string }) {
  const { data: projects = [] } = useQuery(projectsQuery);
  const name = projects.find((project) => project.id === id)?.name;
  return (
    <>
      {name} <span className={name === undefined ? undefined : 'muted mono'}>{id}</span>
    </>
  );
}

function isNothing(value: RawJson): boolean {
  return (
    (value.kind === 'literal' && value.raw === 'null') ||
    (value.kind === 'string' && value.raw === '""')
  );
}

/** Fields this page does not know yet: an audit log must not hide what it holds. */
function others(event: RawJson) {
  if (event.kind !== 'object') return [];
  return event.members.filter(
    ({ rawKey, value }) => !KNOWN.has(decodeString(rawKey)) && !isNothing(value),
  );
}
