// Whether somebody was signed in when this browser last knew. Code cannot see the session, and a stranger's
// questions would all be refused.
import { inBrowser } from '../browser/storage';

const NAME = 'bataudit.signed-in';

export function wasSignedIn(): boolean {
  return inBrowser.get(NAME) !== undefined;
}

export function noteSignedIn(isSignedIn: boolean): void {
  inBrowser.set(NAME, isSignedIn ? 'yes' : undefined);
}
