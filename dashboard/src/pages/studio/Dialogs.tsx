// What is asked about above a report.
import { useNavigate } from '@tanstack/react-router';
import { Conflict } from './Conflict';
import { Remove } from './Remove';
import { Settings } from './Settings';
import { WidgetForm } from './WidgetForm';
import type { Params } from './params';
import type { Widget } from './report';
import { ConflictError, type useReport } from './useReport';

export type Open =
  { what: 'widget'; widget: Widget; isNew: boolean } | { what: 'settings' | 'remove' };

interface Props {
  held: ReturnType<typeof useReport>;
  params: Params;
  open: Open | undefined;
  /** A copy is being made. */
  copying: boolean;
  onKeep: (widget: Widget) => void;
  onSaveCopy: () => void;
  onClose: () => void;
}

export function Dialogs(props: Props) {
  const { held, params, open, copying, onKeep, onSaveCopy, onClose } = props;
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
          busy={copying}
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
