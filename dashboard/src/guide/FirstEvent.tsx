import { Link } from '@tanstack/react-router';
import { Code } from '../ui/Code';
import { Empty } from '../ui/Notice';
import { KEY_PLACEHOLDER, firstEventCurl, ingestUrl } from './firstEvent';

/** What to do while nothing has arrived yet. */
export function FirstEvent() {
  return (
    <Empty title="Waiting for the first event">
      <p>
        <Link to="/settings/api-keys">Generate an API key</Link>, put it into this command and run
        it. The event shows up here by itself, within a second.
      </p>
      <Code
        label="Example request"
        text={firstEventCurl(ingestUrl(window.location), KEY_PLACEHOLDER)}
      />
    </Empty>
  );
}
