// What changes saved views: at once on the page, with a way back.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../api/errors';
import type { View } from '../../api/model';
import { type ViewContent, removeView, replaceView, saveView, viewsQuery } from '../../api/views';
import { useTexts } from '../../i18n/catalogue';
import { toast } from '../../ui/toast';
import { eventsTexts } from './texts';

export function useViewActions(project: string | undefined) {
  const t = useTexts(eventsTexts);
  const client = useQueryClient();
  const { queryKey } = viewsQuery(project);
  const onSettled = () => client.invalidateQueries({ queryKey: ['views'] });
  const onError = (error: unknown) =>
    toast(error instanceof ApiError ? error.message : t('viewFailed'), { tone: 'bad' });
  const show = async (change: (now: View[]) => View[]) => {
    await client.cancelQueries({ queryKey });
    client.setQueryData(queryKey, (now) => now && change(now));
  };

  const save = useMutation({
    mutationFn: ({ of, ...content }: ViewContent & { of: string | undefined }) =>
      saveView(of, content),
    onSettled,
  });
  const putBack = (view: View) =>
    save.mutate({ ...contentOf(view), of: view.project_id ?? undefined }, { onError });
  const replace = useMutation({
    mutationFn: ({ view, search }: { view: View; search: string }) =>
      replaceView(view.id, { ...contentOf(view), search }),
    onMutate: ({ view, search }) =>
      show((now) => now.map((each) => (each.id === view.id ? { ...each, search } : each))),
    onSuccess: (_, { view }) =>
      toast(t('viewReplaced', { name: view.name }), {
        onUndo: () => replace.mutate({ view, search: view.search }),
      }),
    onError,
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (view: View) => removeView(view.id),
    onMutate: (view) => show((now) => now.filter(({ id }) => id !== view.id)),
    onSuccess: (_, view) =>
      // Somebody else's could only come back as one's own.
      toast(
        t('viewRemoved', { name: view.name }),
        view.mine ? { onUndo: () => putBack(view) } : {},
      ),
    onError,
    onSettled,
  });
  return { save, replace, remove };
}

function contentOf({ name, search, shared }: View): ViewContent {
  return { name, search, shared };
}
