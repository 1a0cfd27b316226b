import { Link } from '@tanstack/react-router';
import { firstEventCurl, ingestUrl } from '../../guide/firstEvent';
import { Button } from '../../ui/Button';
import { Code } from '../../ui/Code';
import { Dialog } from '../../ui/Dialog';

/** The only time a key is shown. It lives in this component's props and is gone with it. */
export function KeyShown({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  return (
    <Dialog title="Your new API key" onClose={onClose} sticky>
      <p>Copy it now: it is stored only as a hash and cannot be shown again.</p>
      <Code text={apiKey} label="API key" />
      <h3>Send your first event</h3>
      <Code text={firstEventCurl(ingestUrl(window.location), apiKey)} label="Example request" />
      <footer className="form-actions">
        <Link to="/events" className="button button-plain">
          Watch events arrive
        </Link>
        <Button look="primary" onClick={onClose}>
          I have copied the key
        </Button>
      </footer>
    </Dialog>
  );
}
