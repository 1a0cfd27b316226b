import type { Page } from '@playwright/test';
import { XSS, answering, expect, failing, look, settled, slow, test } from './fixtures';

const LINE = /\/v1\/pipeline(\?|$)/;
const HOURS = /\/v1\/pipeline\/hours/;
const COMPARISONS = /\/v1\/pipeline\/reconciliations/;
const LOSSES = /\/v1\/pipeline\/losses/;
const LETTERS = /\/v1\/dead-letters(\?|$)/;
const REPLAYS = /\/v1\/dead-letters\/replays/;
/** Nothing was compared yet, everything agrees, or counts of this hour are still on their way. */
const NO_LOSS = /^(Nothing is|Every event is there)/;
const HOUR_MS = 3_600_000;

const at = (ms: number) => new Date(ms).toISOString();
/** The beginning of this hour. */
const hour = () => Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

function comparison(part: object = {}) {
  const to = Date.now() - 5 * 60_000;
  return {
    from: at(to - 5 * 60_000),
    to: at(to),
    checked_at: at(to + 2 * 60_000),
    agrees: true,
    accepted: 1_200,
    stored: 1_197,
    dead_lettered: 2,
    repeats: 1,
    waiting: 0,
    differing: 0,
    rollups_differing: 0,
    is_cut: false,
    findings: {},
    ...part,
  };
}

/** What the books say after a day: comparisons take minutes, so a fresh product has none. */
async function books(page: Page, part: { differing?: number; state?: string } = {}) {
  const { differing = 0, state = 'current' } = part;
  const now = Date.now();
  await answering(page, LINE, {
    as_of: at(now),
    state,
    observed_at: at(now - 2_000),
    fresh_as_of: at(now - 2_000),
    lag_seconds: state === 'late' ? 312 : 0,
    books: { compared_until: at(now - 5 * 60_000), differing },
    paused: [
      { project_id: 'p', name: `Old ${XSS}`, why: 'archived', since: at(now - 90 * HOUR_MS) },
    ],
    instance: {
      kafka_problem: null,
      kafka_silent_since: null,
      oldest_waiting_at: state === 'late' ? at(now - 312_000) : null,
      waiting_records: state === 'late' ? 48_210 : 0,
      reconciliation: comparison(),
      partitions: [0, 1, 2].map((partition) => ({
        partition,
        first_offset: 1_000,
        committed_offset: 90_000 + partition,
        end_offset: 90_000 + partition,
        waiting_records: 0,
        lag_seconds: 0,
      })),
    },
  });
  const data = Array.from({ length: 23 }, (_, back) => {
    const accepted = 9_000 + ((back * 773) % 4_000);
    const dead_lettered = back === 7 ? 240 : 0;
    const missing = back === 2 ? differing : 0;
    return {
      hour: at(hour() - back * HOUR_MS),
      accepted,
      dead_lettered,
      repeated: back % 5 === 0 ? 180 : 0,
      removed: 0,
      masked: 1_000 + back,
      masked_fields: 2_000,
      differing: missing,
      stored: accepted - dead_lettered - (back % 5 === 0 ? 180 : 0) - missing,
    };
  }).reverse();
  await answering(page, HOURS, {
    from: at(hour() - 23 * HOUR_MS),
    to: at(hour() + HOUR_MS),
    compared_until: at(now - 5 * 60_000),
    data,
    projects: [],
  });
}

test('a fresh product says how it is doing, and what it stores', async ({ owner: page, stack }) => {
  await page.goto('/app/pipeline');
  await settled(page);
  await expect(page.getByRole('heading', { name: NO_LOSS })).toBeVisible();
  await expect(page.getByText('Waiting in Kafka').first()).toBeVisible();
  const partitions = page.getByRole('group', { name: 'Partitions of the events topic' });
  await expect(partitions.getByRole('row').nth(1)).toBeVisible();

  await page.getByRole('tab', { name: 'Storage' }).click();
  await expect(page).toHaveURL(/view=storage/);
  const stored = page.getByRole('group', { name: 'What is stored of each project' });
  await expect(stored.getByRole('row').filter({ hasText: 'Web shop' })).toContainText(/\d/);
  await expect(
    page.getByRole('group', { name: 'Tables' }).getByRole('row', { name: /^events / }),
  ).toBeVisible();
  const tiers = page.getByRole('list', { name: 'Storage by tier' });
  await expect(tiers.getByRole('listitem')).toHaveText([
    /^Events\d.*%$/,
    /^Minutes\d.*%$/,
    /^Hours\d.*%$/,
    /^Days\d.*%$/,
  ]);
  const shares = await tiers.locator('.bars-share').allTextContents();
  const sum = shares.reduce((all, share) => all + Number.parseFloat(share), 0);
  expect(Math.abs(sum - 100), `the tiers are all there is: ${shares.join(', ')}`).toBeLessThan(1);
  await look(page, 'pipeline-storage', { widths: [1440, 390] });
  await page.goto(`/app/pipeline?view=storage&project=${stack.empty.id}`);
  await expect(page.getByRole('heading', { name: 'Nothing is stored yet' })).toBeVisible();

  await page.getByRole('tab', { name: 'Dead letters' }).click();
  await expect(page.getByRole('heading', { name: 'No dead letters' })).toBeVisible();
  await page.getByRole('tab', { name: 'Comparisons' }).click();
  await expect(page.getByText('The processors found every record')).toBeVisible();
});

test('one glance says that nothing is lost, and the sum proves it', async ({ owner: page }) => {
  await books(page);
  await page.goto('/app/pipeline');
  await settled(page);
  await expect(page.getByRole('heading', { name: 'Nothing is lost' })).toBeVisible();
  const proof = page.getByLabel('What became of the accepted events');
  const numbers = (await proof.locator('.proof-term:not([data-beside]) b').allTextContents()).map(
    (text) => Number(text.replaceAll(/\D/g, '')),
  );
  const [accepted = 0, ...parts] = numbers;
  expect(accepted).toBeGreaterThan(0);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(accepted);
  await expect(page.getByText(XSS)).toBeVisible();
  // What is added up is told beside the stack.
  await page.getByRole('button', { name: 'Show as table' }).click();
  await expect(page.getByRole('columnheader', { name: 'Accepted' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Masked' })).toBeVisible();
  await page.getByRole('button', { name: 'Show as chart' }).click();
  await expect(page.locator('.chart-area .chart-fill-good')).not.toHaveCount(0);
  await look(page, 'pipeline');
});

test('a loss comes before all else, and leads to its places', async ({ owner: page }) => {
  await books(page, { differing: 3, state: 'late' });
  await answering(page, COMPARISONS, {
    data: [
      comparison({ agrees: false, differing: 3, findings: { found: { missing: 3 } } }),
      comparison({ from: at(0), to: at(300_000), is_cut: true }),
    ],
  });
  await answering(page, LOSSES, {
    data: [
      {
        detected_at: at(Date.now() - HOUR_MS),
        kind: 'retention_cut',
        detail: 'Kafka deleted records before they were read',
        topic: 'bataudit.events',
        partition: 2,
        first_offset: 100,
        end_offset: 120,
        lost: 20,
      },
    ],
  });
  await page.goto('/app/pipeline');
  await expect(page.getByRole('heading', { name: 'Events are missing' })).toBeVisible();
  await expect(page.getByText(/^3 events are missing or too many\. Kafka lost 20/)).toBeVisible();
  await page.getByRole('link', { name: 'See where' }).click();
  const comparisons = page.getByRole('group', { name: 'Comparisons' });
  await expect(comparisons.getByRole('row').nth(1)).toContainText('differs');
  await expect(comparisons.getByRole('row').nth(2)).toContainText('cut by retention');
  await expect(page.getByText('Deleted before it was read')).toBeVisible();
  await look(page, 'pipeline-comparisons', { widths: [390] });
  await comparisons.getByRole('button', { name: 'Findings' }).click();
  await expect(page.getByRole('dialog', { name: 'Findings' })).toContainText('missing');
});

test('dead letters are looked into and replayed, after the word was typed', async ({
  owner: page,
}) => {
  const letter = (number: number, reason = 'unmaskable') => ({
    id: `1:3-${number}-0`,
    reason,
    detail: 'request_body does not hold JSON',
    event_id: null,
    events: 1,
    project_id: null,
    service_name: 'checkout',
    replay: null,
    written_at: at(Date.now() - number * 60_000),
  });
  await answering(page, LETTERS, {
    data: [letter(1), letter(2), letter(3, 'malformed_record')],
    next_cursor: null,
    reasons: [
      { reason: 'unmaskable', letters: 2 },
      { reason: 'malformed_record', letters: 1 },
    ],
  });
  // A number that no JavaScript number can hold stays as it is.
  const detail = JSON.stringify({
    ...letter(1),
    sha256: 'ab12',
    partition: 3,
    offset: 1,
    event: { request_body: XSS, order: 'DIGITS', password: '********' },
  }).replace('"DIGITS"', '12345678901234567890');
  await page.route(/\/v1\/dead-letters\/1(:|%3A)3-1-0$/, (route) =>
    route.fulfill({ contentType: 'application/json', body: detail }),
  );
  const asked: unknown[] = [];
  let state = 'running';
  const replay = () => ({
    id: '01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11',
    state,
    letters: state === 'done' ? 2 : 1,
    events: state === 'done' ? 1 : 0,
    lost: state === 'done' ? 1 : 0,
    problem: state === 'done' ? null : 'Kafka: BrokerTransportFailure',
    project_id: null,
    requested_at: at(Date.now()),
    requested_by: 'Ada Lovelace',
    ended_at: state === 'done' ? at(Date.now()) : null,
  });
  await page.route(REPLAYS, (route) => {
    if (route.request().method() === 'GET') {
      return route.fulfill({ json: { data: asked.length === 0 ? [] : [replay()] } });
    }
    asked.push(route.request().postDataJSON());
    return route.fulfill({ status: 202, json: { ...replay(), state: 'waiting', letters: 0 } });
  });

  await page.goto('/app/pipeline?view=letters');
  await page.getByRole('button', { name: 'Details of letter 1:3-1-0' }).click();
  const drawer = page.getByRole('dialog', { name: 'Dead letter' });
  await expect(drawer).toContainText('12345678901234567890');
  await expect(drawer).toContainText('<img src=x');
  await drawer.getByRole('button', { name: 'Close' }).click();

  await expect(page.getByRole('button', { name: 'Replay all 3 letters' })).toBeVisible();
  await page.getByLabel('Choose letter 1:3-1-0').check();
  await page.getByLabel('Choose letter 1:3-2-0').check();
  await page.getByRole('button', { name: 'Replay 2 letters' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay 2 dead letters' });
  const confirm = dialog.getByRole('button', { name: 'Replay' });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel('Type “replay 2” to confirm').fill('replay 2');
  await confirm.click();
  await expect(page.getByText('Replaying: 1 letters looked at, 0 events published')).toBeVisible();
  await expect(page.getByRole('progressbar')).toHaveJSProperty('max', 2);
  await expect(page.getByText(/is tried again: Kafka: BrokerTransportFailure$/)).toBeVisible();
  expect(asked).toEqual([{ ids: ['1:3-1-0', '1:3-2-0'] }]);
  await look(page, 'pipeline-letters');
  state = 'done';
  const replays = page.getByRole('group', { name: 'Replays' });
  await expect(replays.getByText('1 not published')).toBeVisible();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
});

test('members see their line, and no more', async ({ viewer: page }) => {
  await page.goto('/app/pipeline?view=letters');
  await settled(page);
  await expect(page.getByRole('tab')).toHaveText(['Hour by hour', 'Storage']);
  await expect(page.getByText('Waiting in Kafka')).toHaveCount(0);
  await page.getByRole('tab', { name: 'Storage' }).click();
  await expect(page.getByRole('group', { name: 'What is stored of each project' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Tables' })).toHaveCount(0);
});

test('shows its shape while it loads, and why when it fails', async ({ viewer: page }) => {
  const release = await slow(page, LINE);
  await page.goto('/app/pipeline');
  await expect(page.getByRole('status', { name: 'Loading' }).first()).toBeVisible();
  release();
  await settled(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  const works = await failing(page, LINE, 500);
  await page.goto('/app/pipeline');
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: NO_LOSS })).toBeVisible();
});
