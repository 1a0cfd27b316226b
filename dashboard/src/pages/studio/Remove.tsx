import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Report, deleteReport } from '../../api/reports';
import { useTexts } from '../../i18n/catalogue';
import { Confirm } from '../../ui/Confirm';
import { toast } from '../../ui/toast';
import { studioTexts } from './texts';

interface Props {
  report: Pick<Report, 'id' | 'name'>;
  onDone: () => void;
  onClose: () => void;
}

/** A report cannot be had back: its name is typed. */
export function Remove({ report, onDone, onClose }: Props) {
  const t = useTexts(studioTexts);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteReport(report.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['reports'] });
      toast(t('removed', { name: report.name }));
      onDone();
    },
  });
  return (
    <Confirm
      title={t('removeTitle', { name: report.name })}
      action={t('removeDo')}
      typed={report.name}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{t('removeHelp')}</p>
    </Confirm>
  );
}
