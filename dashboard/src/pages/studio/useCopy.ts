import { useMutation, useQueryClient } from '@tanstack/react-query';
import { messageOf } from '../../api/errors';
import { type Report, type ReportContent, createReport } from '../../api/reports';
import { useTexts } from '../../i18n/catalogue';
import { toast } from '../../ui/toast';
import { MAX_NAME } from './report';
import { studioTexts } from './texts';

interface Wanted {
  /** Whose project the copy is of. */
  of: Report;
  /** What it says: the report's own, or what became of it here. */
  content: ReportContent;
}

/** Makes a report like another one. */
export function useCopy() {
  const t = useTexts(studioTexts);
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ of, content: { name, widgets, layout } }: Wanted) =>
      createReport(of.project_id || undefined, {
        name: t('copyOf', { name }).slice(0, MAX_NAME),
        widgets,
        layout,
      }),
    onSuccess: async ({ name }) => {
      await client.invalidateQueries({ queryKey: ['reports'] });
      toast(t('copied', { name }));
    },
    onError: (error) => toast(messageOf(error), { tone: 'bad' }),
  });
}
