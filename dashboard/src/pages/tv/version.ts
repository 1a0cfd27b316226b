// A screen is never closed, so it has to notice by itself that the server has a newer page.
import { pageText } from '../../api/page';
import { reload } from '../../browser/reload';

const PAGE = '/app/';
const RELOADED = 'bataudit-tv-reloaded-at';
/** Should a proxy serve an old page for ever, the screen does not reload all the time. */
const AGAIN_MS = 3_600_000;

/** The address of the script that a page begins with; nothing where it has none. */
export function scriptOf(html: string): string | undefined {
  return /<script[^>]+type="module"[^>]+src="([^"]+)"/.exec(html)?.[1];
}

/** Loads the page anew when the server has another one. */
export async function takeNewVersion(): Promise<void> {
  const shown = document.querySelector('script[type="module"][src]')?.getAttribute('src');
  const html = await pageText(PAGE);
  const served = html === undefined ? undefined : scriptOf(html);
  if (served === undefined || shown === null || shown === undefined || served === shown) return;
  reload(RELOADED, AGAIN_MS);
}
