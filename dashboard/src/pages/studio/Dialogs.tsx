// What is asked about above a report.
import { useNavigate } from '@tanstack/react-router';
import { Conflict } from './Conflict';
import { Remove } from './Remove';
import { Settings } from './Settings';
import { WidgetForm } from './WidgetForm';
import type { Widget } from './report';
import type { Params } from './useAnswer';
import { ConflictError, type useReport } from './useReport';

export type Open =
  { what: 'widget'; widget: Widget; isNew: boolean } | { what: 'settings' | 'remove' };

interface Props {
  held: ReturnType<typeof useReport>;
  params: Params;
  open: Open | undefined;
  onKeep: (widget: Widget) => void;
  onSaveCopy: () => void;
  onClose: () => void;
}

export function Dialogs({ held, params, open, onKeep, onSaveCopy, onClose }: Props) {
  const navigate = useNavigate();
  const { draft, base, save } = held;
  const conflict = save.error instanceof ConflictError ? save.error.theirs : undefined;
  return (
    <>
      {open?.what === 'widget' && (
        <WidgetForm
          widget={open.widget}
          isNew={open.isNew}
          params={params}
          variables={draft.variables}
          onKeep={onKeep}
          onClose={onClose}
        />
      )}
      {open?.what === 'settings' && (
        <Settings
          draft={draft}
          onKeep={(part) => {
            held.change(part);
            onClose();
          }}
          onClose={onClose}
        />
      )}
      {open?.what === 'remove' && (
        <Remove
          report={base}
          onDone={() => {
            held.discard();
            void navigate({ to: '/studio', ignoreBlocker: true });
          }}
          onClose={onClose}
        />
      )}
      {conflict !== undefined && (
        <Conflict
          at={conflict.updated_at}
          busy={held.copy.isPending}
          onCopy={onSaveCopy}
          onTheirs={() => {
            save.reset();
            held.adopt(conflict);
          }}
          onOver={() => save.mutate({ over: conflict.updated_at })}
          onClose={() => save.reset()}
        />
      )}
    </>
  );
}
