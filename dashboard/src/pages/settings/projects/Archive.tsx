import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Project } from '../../../api/model';
import { changeProject, projectsQuery } from '../../../api/projects';
import { useTexts } from '../../../i18n/catalogue';
import { Confirm } from '../../../ui/Confirm';
import { toast } from '../../../ui/toast';
import { useTakeBack } from './ProjectActions';
import { projectsTexts } from './texts';

export function Archive({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useTexts(projectsTexts);
  const client = useQueryClient();
  const takeBack = useTakeBack(project);
  const archive = useMutation({
    mutationFn: () => changeProject(project.id, { archived: true }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      toast(t('didArchive', { name: project.name }), { onUndo: () => takeBack.mutate() });
      onClose();
    },
  });
  return (
    <Confirm
      title={t('archiveTitle', { name: project.name })}
      action={t('archiveDo')}
      keep={t('archiveKeep')}
      busy={archive.isPending}
      error={archive.error}
      onConfirm={() => archive.mutate()}
      onClose={onClose}
    >
      <p>{t('archiveHelp')}</p>
      <p>{t('archiveStays')}</p>
    </Confirm>
  );
}
