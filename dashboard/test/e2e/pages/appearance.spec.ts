// The main pages look as they did: compared with the pictures in test/e2e/pictures. A change that is meant is taken
// over by `npm run e2e -- pages/appearance.spec.ts --update-snapshots=all`, on Debian 12.
import { answering, expect, look, settled, test } from './fixtures';
import { FONT, NOW, RANGE, fontOf, liveThen, stillProject } from './still';

let project: Promise<string> | undefined;

for (const [name, path] of [
  ['overview', ''],
  ['events', 'events'],
  ['sessions', 'sessions'],
  ['insights', 'insights'],
  ['orphans', 'orphans'],
  ['settings-preferences', 'settings/preferences'],
] as const) {
  test(`${name} looks as it did`, async ({ owner: page, api, stack }) => {
    project ??= stillProject(api, stack);
    const id = await project;
    await liveThen(page);
    // How far the line is, is of this moment.
    const time = new Date(NOW).toISOString();
    await answering(page, /\/v1\/pipeline(\?|$)/, {
      state: 'current',
      as_of: time,
      observed_at: time,
      fresh_as_of: time,
      lag_seconds: 0,
      books: { compared_until: null, differing: 0 },
      paused: [],
      instance: null,
    });
    await page.goto(`/app/${path}?project=${id}&${RANGE}`);
    await settled(page);
    const install = `the pictures are written in ${FONT}: install Debian's fonts-dejavu-core`;
    expect(await fontOf(page), install).toBe(FONT);
    await look(page, name, { compare: true });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}
