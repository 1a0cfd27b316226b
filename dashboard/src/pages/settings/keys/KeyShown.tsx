import { Link } from '@tanstack/react-router';
import { firstEventCurl, ingestUrl } from '../../../guide/firstEvent';
import { useTexts } from '../../../i18n/catalogue';
import { Button } from '../../../ui/Button';
import { Code } from '../../../ui/Code';
import { Dialog } from '../../../ui/Dialog';
import { keysTexts } from './texts';

interface Props {
  apiKey: string;
  /** What else is to be known, such as how long the old key works. */
  note?: string;
  onClose: () => void;
}

/** The only time a key is shown. It lives in this component's props and is gone with it. */
export function KeyShown({ apiKey, note, onClose }: Props) {
  const t = useTexts(keysTexts);
  return (
    <Dialog title={t('shownTitle')} onClose={onClose} sticky>
      <div className="prose">
        <p>{t('shownHelp')}</p>
        {note !== undefined && <p>{note}</p>}
      </div>
      <Code text={apiKey} label={t('shownKey')} />
      <h3>{t('shownFirst')}</h3>
      <Code text={firstEventCurl(ingestUrl(window.location), apiKey)} label={t('shownExample')} />
      <footer className="form-actions">
        <Link to="/events" className="button button-plain">
          {t('shownWatch')}
        </Link>
        <Button look="primary" onClick={onClose}>
          {t('shownDone')}
        </Button>
      </footer>
    </Dialog>
  );
}
