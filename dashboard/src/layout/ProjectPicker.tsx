import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { projectsQuery } from '../api/projects';
import { useCommon } from '../i18n/common';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';

/** Narrows every page to one project. */
export function ProjectPicker() {
  const t = useCommon();
  const { project } = useSearch({ strict: false });
  const navigate = useNavigate();
  const { data: projects = [], isPending } = useQuery(projectsQuery);
  const chosen = projects.find(({ id }) => id === project);
  const options = [
    { value: '', label: t('allProjects') },
    ...projects.map(({ id, name }) => ({ value: id, label: name })),
  ];

  return (
    <Menu
      trigger={
        <button type="button" className="picker" aria-label={t('project')}>
          <Icon name="folder" />
          <span className="picker-text">
            {chosen?.name ??
              (isPending && project !== undefined ? '…' : project) ??
              t('allProjects')}
          </span>
          <Icon name="down" />
        </button>
      }
      sections={[
        {
          kind: 'choice',
          label: t('project'),
          value: project ?? '',
          options,
          onChange: (value) => {
            void navigate({
              to: '.',
              search: (previous) => ({ ...previous, project: value === '' ? undefined : value }),
            });
          },
        },
      ]}
    />
  );
}
