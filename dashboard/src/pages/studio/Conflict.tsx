import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Time } from '../../ui/Time';
import { studioTexts } from './texts';

interface Props {
  /** When the other one was saved. */
  at: string;
  busy: boolean;
  onCopy: () => void;
  onTheirs: () => void;
  onOver: () => void;
  onClose: () => void;
}

/** Somebody saved the same report meanwhile. Nothing is lost before one of both is chosen. */
export function Conflict({ at, busy, onCopy, onTheirs, onOver, onClose }: Props) {
  const t = useTexts(studioTexts);
  return (
    <Dialog title={t('conflictTitle')} onClose={onClose}>
      <div className="prose">
        <p>
          {t('conflictHelp')} <Time value={at} />
        </p>
      </div>
      <footer className="form-actions">
        <Button onClick={onTheirs} disabled={busy}>
          {t('conflictTheirs')}
        </Button>
        <Button look="danger" onClick={onOver} disabled={busy}>
          {t('conflictOver')}
        </Button>
        <Button look="primary" busy={busy} onClick={onCopy}>
          {t('conflictCopy')}
        </Button>
      </footer>
    </Dialog>
  );
}
