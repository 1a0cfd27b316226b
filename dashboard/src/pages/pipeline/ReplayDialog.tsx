import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Replay, replayLetters } from '../../api/deadLetters';
import { useTexts } from '../../i18n/catalogue';
import { Confirm } from '../../ui/Confirm';
import { toast } from '../../ui/toast';
import { pipelineTexts } from './texts';
import type { Wanted } from './wanted';

interface Props {
  wanted: Wanted;
  onAsked: (replay: Replay) => void;
  onClose: () => void;
}

/** Asks before letters are published once more: what kept them from being stored has to be mended first. */
export function ReplayDialog({ wanted, onAsked, onClose }: Props) {
  const t = useTexts(pipelineTexts);
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => replayLetters(wanted.body),
    onSuccess: async (asked) => {
      onAsked(asked);
      await client.invalidateQueries({ queryKey: ['dead-letter-replays'] });
      toast(t('replayAsked'));
      onClose();
    },
  });
  return (
    <Confirm
      title={t('replayTitle', { count: wanted.letters })}
      action={t('replayDo')}
      typed={t('replayTyped', { number: String(wanted.letters) })}
      busy={replay.isPending}
      error={replay.error}
      onConfirm={() => replay.mutate()}
      onClose={onClose}
    >
      <p>{t('replayHelp')}</p>
      <p>{t('replayFirst')}</p>
    </Confirm>
  );
}
