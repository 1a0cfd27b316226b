import { EVENTS, empty, expect, failing, look, settled, slow, test } from './fixtures';

const STATS = /\/v1\/audit\/stats\?/;

test('figures, services and chart lead to their events', async ({ viewer: page }) => {
  await page.goto('/app/?range=7d');
  const figures = page.getByRole('region', { name: 'Key figures' });
  await expect(figures).toContainText(/1,2\d\d/);
  await page.getByRole('link', { name: /^Server errors/ }).click();
  await expect(page).toHaveURL(/\/app\/events\?range=7d&class=5xx$/);
  await page.goBack();

  const services = page.getByRole('region', { name: 'Services' });
  await services.first().getByRole('link', { name: 'payments' }).click();
  await expect(page).toHaveURL(/service=payments/);
  await page.goBack();

  const chart = page.getByRole('slider', { name: /^Events over time/ });
  await chart.focus();
  await chart.press('ArrowLeft');
  await expect(chart).toHaveAttribute('aria-valuetext', /4xx \d+, 5xx \d+/);
  await chart.press('Shift+ArrowLeft');
  await chart.press('Shift+ArrowLeft');
  await chart.press('Enter');
  await expect(page).toHaveURL(/\/app\/\?from=.*&to=/);
  await page.getByRole('button', { name: 'Show as table' }).first().click();
  await expect(page.getByRole('columnheader', { name: '5xx' })).toBeVisible();
});

test('a drag over the chart sets the range', async ({ viewer: page }) => {
  await page.goto('/app/');
  await settled(page);
  const chart = page.getByRole('slider', { name: /^Events over time/ });
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the chart has no place');
  await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/\/app\/\?from=.*&to=/);
});

test('looks right with data', async ({ owner: page, stack }) => {
  await page.goto(`/app/?project=${stack.shop.id}`);
  await settled(page);
  expect(EVENTS).toBeGreaterThan(1_000);
  await look(page, 'overview');
});

test('shows its shape while it loads, and why when it fails', async ({ viewer: page }) => {
  const release = await slow(page, STATS);
  await page.goto('/app/');
  await expect(page.getByRole('status', { name: 'Loading' }).first()).toBeVisible();
  release();
  await settled(page);
  await page.unroute(STATS);

  const works = await failing(page, STATS);
  await page.goto('/app/');
  await expect(page.getByRole('alert')).toContainText('request bat-test-1');
  await look(page, 'overview-failing');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('region', { name: 'Key figures' })).toBeVisible();
});

test('says how to send the first event', async ({ owner: page, stack }) => {
  await empty(page, '**/v1/audit?*');
  await page.goto(`/app/?project=${stack.empty.id}`);
  await expect(page.getByRole('heading', { name: 'Waiting for the first event' })).toBeVisible();
  await look(page, 'overview-empty');
});
