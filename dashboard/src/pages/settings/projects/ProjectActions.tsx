import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ApiError } from '../../../api/errors';
import type { Project } from '../../../api/model';
import { OWN_PROJECT, changeProject, projectsQuery } from '../../../api/projects';
import { useRights } from '../../../auth/may';
import { useTexts } from '../../../i18n/catalogue';
import { toast } from '../../../ui/toast';
import { RowMenu } from '../people/RowMenu';
import type { Open } from './ProjectsPage';
import { projectsTexts } from './texts';

interface Props {
  project: Project;
  onOpen: (open: Open) => void;
}

export function ProjectActions({ project, onOpen }: Props) {
  const t = useTexts(projectsTexts);
  const navigate = useNavigate();
  const { seeProject, manageProject } = useRights(project.id);
  const takeBack = useTakeBack(project);
  const go = (to: '/settings/api-keys' | '/settings/members') => () =>
    void navigate({ to, search: { project: project.id } });
  // What people did in BatAudit itself is kept by nobody's leave.
  const changes = manageProject && project.id !== OWN_PROJECT;
  return (
    <RowMenu
      label={t('actionsFor', { name: project.name })}
      actions={[
        ...(seeProject ? [{ text: t('keys'), onSelect: go('/settings/api-keys') }] : []),
        { text: t('members'), onSelect: go('/settings/members') },
        ...(changes
          ? [
              { text: t('rename'), onSelect: () => onOpen({ what: 'rename', project }) },
              project.archived_at === null
                ? { text: t('archive'), onSelect: () => onOpen({ what: 'archive', project }) }
                : { text: t('takeBack'), onSelect: () => takeBack.mutate() },
            ]
          : []),
      ]}
    />
  );
}

/** Ends the archiving of a project. */
export function useTakeBack(project: Project) {
  const t = useTexts(projectsTexts);
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => changeProject(project.id, { archived: false }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      toast(t('tookBack', { name: project.name }));
    },
    onError: (error) =>
      toast(error instanceof ApiError ? error.message : t('failed'), { tone: 'bad' }),
  });
}
