import { readFile } from 'node:fs/promises';
import { send } from '../stack/api';
import { eventually, expect, look, test } from './fixtures';
import { openSettings, waitsAndFails } from './states';

test('days are kept as set; keeping less wants the name typed', async ({
  owner: page,
  api,
  project,
}) => {
  const days = () => api.get<Record<string, number | null>>(`/v1/projects/${project}/retention`);
  await openSettings(page, 'retention', project);
  const form = page.getByRole('region', { name: 'How long' });
  const events = form.getByLabel('Events, in days');
  const save = form.getByRole('button', { name: 'Save' });
  await expect(save).toBeDisabled();
  await events.fill('30');
  await save.click();
  const ask = page.getByRole('dialog', { name: 'Keep less from now on?' });
  await expect(ask).toContainText('what is older than 30 days goes');
  await expect(ask.getByRole('button', { name: 'Keep less' })).toBeDisabled();
  const name = await page.locator('.section-scope option:checked').innerText();
  await ask.getByLabel(/^Type/).fill(name);
  await ask.getByRole('button', { name: 'Keep less' }).click();
  await expect(page.getByText('Saved. It counts from the next nightly pass on.')).toBeVisible();
  expect(await days()).toMatchObject({ raw_days: 30, hourly_days: null });

  // More is only saved.
  await events.fill('60');
  await save.click();
  await expect(save).toBeDisabled();
  await expect.poll(async () => (await days())['raw_days']).toBe(60);

  await form.getByLabel('Counts by the hour, in days').fill('10');
  await save.click();
  await ask.getByLabel(/^Type/).fill(name);
  await ask.getByRole('button', { name: 'Keep less' }).click();
  await expect(form.getByRole('alert')).toContainText('must not be fewer than raw_days');
  expect((await days())['hourly_days']).toBe(null);
});

test('a hold keeps what an erasure takes, and a certificate says so', async ({
  owner: page,
  api,
  project,
  stack,
}) => {
  const body = { project_id: project, name: 'e', scope: 'project' };
  const { key } = await api.post<{ key: string }>('/v1/auth/api-keys', body);
  const event = (identifier: string, environment: string) => ({
    service_name: 'held',
    method: 'GET',
    path: '/held',
    identifier,
    environment,
  });
  const events = [event('ada', 'production'), event('ada', 'staging'), event('bob', 'production')];
  await eventually('the new key works', () => send(stack.addresses.ingest, key, events));
  // Counts that name nobody stay: what is erased is seen in the list.
  const stored = async () =>
    (await api.get<{ data: unknown[] }>(`/v1/audit?project_id=${project}`)).data.length;
  await eventually('the events are stored', async () => expect(await stored()).toBe(3));

  await openSettings(page, 'retention', project);
  await expect(page.getByRole('heading', { name: 'Nothing is held' })).toBeVisible();
  await page.getByRole('button', { name: 'New hold' }).click();
  const hold = page.getByRole('dialog', { name: 'New hold' });
  await hold.getByLabel('Name').fill('Case 17');
  await hold.getByLabel('Reason').fill('Order of the court');
  await hold.getByLabel('Environment').fill('staging');
  await hold.getByRole('button', { name: 'Count the events' }).click();
  await expect(hold.getByText('1 event of the last 30 days, and all older ones.')).toBeVisible();
  await look(page, 'settings-retention-hold');
  await hold.getByRole('button', { name: 'Hold these events' }).click();
  const holds = page.getByRole('group', { name: 'Legal holds' });
  const row = holds.getByRole('row').filter({ hasText: 'Case 17' });
  await expect(row).toContainText(/Environment staging.*In force/s);

  await page.getByRole('button', { name: 'Erase a person’s events' }).click();
  const erase = page.getByRole('dialog', { name: 'Erase a person’s events' });
  await erase.getByLabel('Whom').fill('ada');
  await erase.getByLabel('Reason').fill('Request 17');
  await erase.getByRole('button', { name: 'Next…' }).click();
  const sure = page.getByRole('dialog', { name: 'Erase the events of “ada”?' });
  await expect(sure).toContainText('2 events of the last 30 days');
  await expect(sure.getByRole('button', { name: 'Erase for good' })).toBeDisabled();
  await sure.getByLabel(/^Type/).fill('ada');
  await sure.getByRole('button', { name: 'Erase for good' }).click();
  const erasures = page.getByRole('group', { name: 'Erasures' });
  const job = erasures.getByRole('row').filter({ hasText: 'Request 17' });
  await expect(job).toBeVisible();
  await expect(job).toContainText('Done', { timeout: 120_000 });
  await eventually('one of the events went', async () => expect(await stored()).toBe(2));
  await look(page, 'settings-retention');

  await job.getByRole('button', { name: /^Certificate/ }).click();
  const certificate = page.getByRole('dialog', { name: 'Certificate of erasure' });
  await expect(certificate.getByRole('row').nth(1)).toBeVisible();
  await expect(certificate).toContainText('What an erasure does not reach');
  const saving = page.waitForEvent('download');
  await certificate.getByRole('button', { name: 'Save certificate' }).click();
  const file = await (await saving).path();
  const signed = JSON.parse(await readFile(file, 'utf8')) as { payload: string; signature: string };
  expect(signed.signature).not.toBe('');
  expect(JSON.parse(signed.payload)).toMatchObject({ reason: 'Request 17' });
  // As a word: the hashes may hold the letters.
  expect(signed.payload).not.toMatch(/\bada\b/);
  await certificate.getByRole('button', { name: 'Close' }).click();

  await row.getByRole('button', { name: /Release/ }).click();
  const release = page.getByRole('dialog', { name: 'Release “Case 17”?' });
  await release.getByLabel(/^Type/).fill('Case 17');
  await release.getByRole('button', { name: 'Release hold' }).click();
  await expect(row).toContainText('Released');
  await expect(row.getByRole('button', { name: /Release/ })).toHaveCount(0);
});

test('lists load, or cannot be fetched', async ({ owner: page, stack }) => {
  await waitsAndFails(page, 'retention', stack.empty.id, {
    route: /\/(holds|erasures|retention)$/,
    lists: 3,
  });
});

test('a viewer sees how long, and nothing to change', async ({ viewer: page, stack }) => {
  await openSettings(page, 'retention', stack.shop.id);
  await expect(page.getByText('As the installation').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Legal holds' })).toHaveCount(0);
});
