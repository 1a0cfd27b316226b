import { randomUUID } from 'node:crypto';
import { send } from '../stack/api';
import { answering, eventually, expect, failing, look, settled, slow, test } from './fixtures';
import { openSettings } from './states';

const INCIDENTS = /\/v1\/anomaly\/incidents\?/;
const DELETIONS = 40;

function deletions(service: string): object[] {
  return Array.from({ length: DELETIONS }, (_, index) => ({
    service_name: service,
    environment: 'production',
    method: 'DELETE',
    path: `/carts/${index}`,
    status_code: 204,
    identifier: `cleaner-${index % 3}`,
    response_time: 12,
  }));
}

test('a rule is tried and saved, finds an incident, tells a webhook, and that is resolved', async ({
  owner: page,
  api,
  project,
  receiver,
  stack,
}) => {
  const service = `sweeper-${randomUUID().slice(0, 8)}`;
  const body = { project_id: project, name: 'sweeper', scope: 'project' };
  const { key } = await api.post<{ key: string }>('/v1/auth/api-keys', body);
  const arrive = () => send(stack.addresses.ingest, key, deletions(service));
  await eventually('the new key works', arrive);

  await openSettings(page, 'notifications', project);
  await page.getByRole('button', { name: 'Add address' }).click();
  await page.getByRole('dialog').getByLabel('URL').fill(receiver.url);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: 'I have copied it' }).click();

  await page.goto(`/app/anomalies/rules?project=${project}`);
  await page.getByRole('button', { name: 'New rule' }).click();
  const form = page.getByRole('dialog', { name: 'New rule' });
  await form.getByLabel('What it watches').selectOption('mass_delete');
  await form.getByLabel('Threshold in events').fill('0');
  await form.getByLabel('Service').fill(service);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByRole('alert')).toHaveText('From 1 to 1,000,000.');
  await form.getByLabel('Threshold in events').fill('20');

  // The events may still be on their way.
  await expect(async () => {
    await form.getByRole('button', { name: 'Try on the last 7 days' }).click();
    await expect(form.getByText('Would have fired 1 time in the last 7 days.')).toBeVisible({
      timeout: 5_000,
    });
  }).toPass();
  await expect(form.getByRole('slider', { name: /^Would have fired/ })).toBeVisible();
  await look(page, 'anomalies-trial');
  await form.getByLabel('Threshold in events').fill('21');
  await expect(form.getByText('The rule was changed since it was tried.')).toBeVisible();
  await form.getByRole('button', { name: 'Save' }).click();
  const rules = page.getByRole('group', { name: 'Rules of the project' });
  const rule = rules.getByRole('row').filter({ hasText: service });
  await expect(rule).toContainText('21 events or more with the method DELETE within 5 min.');

  await arrive();
  await page.getByRole('link', { name: 'Incidents' }).click();
  // Both bursts are judged: the newest is the first.
  const incident = page.getByRole('row').filter({ hasText: service }).first();
  // Sentinel looks every ten seconds, this list every fifteen.
  await expect(incident).toBeVisible({ timeout: 90_000 });
  await expect(incident).toContainText('open');
  await look(page, 'anomalies', { widths: [1440, 390] });
  await incident.getByRole('link', { name: 'Mass delete' }).click();

  await expect(page.getByRole('slider', { name: /^Events in the window/ })).toBeVisible();
  await expect(page.locator('.chart-threshold')).toBeVisible();
  await expect(page.getByText(/^\d+ deletions within 5 min\.$/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Related events' })).toContainText('/carts/');
  await look(page, 'incident');

  const told = () => receiver.calls.map((call) => call.body).join();
  await expect
    .poll(told, { timeout: 60_000 })
    .toMatch(new RegExp(`mass_delete.*${service}|${service}.*mass_delete`));

  await page.getByRole('button', { name: 'Resolve' }).click();
  const note = page.getByRole('dialog', { name: 'Resolve' });
  await note.getByLabel('Note').fill('The nightly sweep; expected.');
  await note.getByRole('button', { name: 'Resolve' }).click();
  await expect(page.getByText('The nightly sweep; expected.')).toBeVisible();
  await expect(page.getByText(/^resolved by /)).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Resolve' })).toBeVisible();

  await page.getByRole('link', { name: 'Show all in Events' }).click();
  await expect(page).toHaveURL(new RegExp(`/app/events\\?.*service=${service}`));
  await expect(page).toHaveURL(/method=DELETE/);
});

test('a rule is paused, changed, deleted, and brought back', async ({
  owner: page,
  stack,
  api,
}) => {
  const service = `quiet-${randomUUID().slice(0, 8)}`;
  const body = { project_id: stack.shop.id, rule_type: 'brute_force', service_name: service };
  await api.post('/v1/anomaly/rules', body);
  await page.goto(`/app/anomalies/rules?project=${stack.shop.id}`);
  const rule = page.getByRole('row').filter({ hasText: service });
  const active = rule.getByRole('switch');
  await active.click();
  await expect(active).not.toBeChecked();
  await expect(page.getByText('The rule is paused.')).toBeVisible();
  await page.reload();
  await expect(active).not.toBeChecked();

  await rule.getByRole('button', { name: /^Edit/ }).click();
  const form = page.getByRole('dialog', { name: 'Edit rule' });
  await expect(form.getByLabel('What it watches')).toBeDisabled();
  await form.getByLabel('Threshold in events').fill('7');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(rule).toContainText('refused (401 or 403) 7 times or more');

  await rule.getByRole('button', { name: /^Delete/ }).click();
  await expect(rule).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rule).toContainText('refused (401 or 403) 7 times or more');
  await expect(active).not.toBeChecked();
});

test('who only reads is offered no change', async ({ viewer: page, stack }) => {
  await page.goto(`/app/anomalies/rules?project=${stack.shop.id}`);
  await expect(page.getByRole('switch').first()).toBeDisabled();
  await expect(page.getByRole('button', { name: 'New rule' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^(Edit|Delete)/ })).toHaveCount(0);
});

test('looks right without incidents, and without rules', async ({ owner: page, stack }) => {
  await page.goto(`/app/anomalies?project=${stack.empty.id}`);
  await expect(page.getByRole('heading', { name: 'No incidents' })).toBeVisible();
  await look(page, 'anomalies-empty', { widths: [390] });
  await answering(page, '**/v1/anomaly/rules?*', []);
  await page.getByRole('link', { name: 'Look at the rules' }).click();
  await expect(page.getByRole('heading', { name: 'No rules' })).toBeVisible();
});

test('shows its shape while it loads, and why when it fails', async ({ viewer: page, stack }) => {
  const release = await slow(page, INCIDENTS);
  await page.goto(`/app/anomalies?project=${stack.shop.id}`);
  await expect(page.getByRole('status', { name: 'Loading' })).toBeVisible();
  release();
  await settled(page);
  await page.unroute(INCIDENTS);

  const works = await failing(page, INCIDENTS, 500);
  await page.goto(`/app/anomalies?project=${stack.shop.id}`);
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);

  await page.goto('/app/anomalies/incident?id=00000000-0000-7000-8000-000000000000');
  await expect(page.getByRole('heading', { name: 'This incident was not found' })).toBeVisible();
});
