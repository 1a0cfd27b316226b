import type { ReactNode } from 'react';
import { useCommon } from '../../i18n/common';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorNotice } from '../../ui/Notice';
import { Progress } from '../../ui/Progress';

interface Props<Result> {
  title: string;
  /** Said while it is under way. */
  busy: string;
  /** Nothing while it is under way. */
  result: Result | undefined;
  error: Error | null;
  onClose: () => void;
  children: (result: Result) => ReactNode;
}

/** What a test came to, as soon as it is known. */
export function TestDialog<Result>(props: Props<Result>) {
  const { title, busy, result, error, onClose, children } = props;
  const common = useCommon();
  return (
    <Dialog title={title} onClose={onClose}>
      {error !== null && <ErrorNotice error={error} />}
      {error === null && result === undefined && (
        <Progress label={busy} done={0} total={undefined} />
      )}
      {result !== undefined && children(result)}
      <footer className="form-actions">
        <Button look="primary" onClick={onClose}>
          {common('close')}
        </Button>
      </footer>
    </Dialog>
  );
}
