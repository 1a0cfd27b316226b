// What a first visit waits for, asked for side by side as soon as a fifth of the code is here: the texts, who is signed in,
// and the page at this address with its answers. The router would ask for one after the other, once all of it is.
import { isUnauthenticated } from '../api/errors';
import { projectsQuery } from '../api/projects';
import { meQuery } from '../api/session';
import { parseSearch } from '../filters/search';
import { common } from '../i18n/common';
import { client } from './client';
import { FIRST, OPEN } from './pages';
import { wasSignedIn } from './signedIn';

/** Waits for the texts of the frame and of errors: whatever happens next may need them. */
export function begin({ pathname, search }: { pathname: string; search: string }): Promise<void> {
  const texts = common.load();
  const path = `/${pathname.replace(/^\/app\/*|\/+$/g, '')}`;
  if (OPEN.some((name) => name === path.split('/')[1])) {
    ask(path, search);
    return texts;
  }
  const me = client.fetchQuery(meQuery);
  if (wasSignedIn()) {
    me.catch((error: unknown) => {
      if (isUnauthenticated(error)) ask('/login', '');
    });
    askAll(path, search);
  } else {
    // Mostly nobody is: every other question would be refused.
    ask('/login', '');
    me.then(
      () => askAll(path, search),
      () => undefined,
    );
  }
  return texts;
}

function askAll(path: string, search: string): void {
  void client.prefetchQuery(projectsQuery);
  ask(path, search);
}

/** Who cannot load it is told when the router comes to it. */
function ask(path: string, search: string): void {
  const page = FIRST[path];
  if (page === undefined) return;
  void page.code().catch(() => undefined);
  void page.texts.load().catch(() => undefined);
  page.ask?.(client, parseSearch(search));
}
