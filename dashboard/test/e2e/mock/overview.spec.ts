import { EVENT_COUNT, expect, rows, test, openPage } from './fixtures';

test('figures, chart and services lead to their events', async ({ signedIn: page }) => {
  await expect(page.getByRole('region', { name: 'Key figures' })).toContainText(
    `Events${EVENT_COUNT}`,
  );
  await page.getByRole('link', { name: /^Server errors/ }).click();
  await expect(page).toHaveURL(/\/app\/events\?class=5xx$/);
  await expect(rows(page).first()).toContainText('502');
  await page.goBack();

  await page
    .getByRole('region', { name: 'Services' })
    .getByRole('link', { name: 'payments' })
    .click();
  await expect(page).toHaveURL(/\/app\/events\?service=payments$/);
  await page.goBack();

  const chart = page.getByRole('slider', { name: /^Events over time/ });
  await chart.focus();
  await chart.press('ArrowLeft');
  await chart.press('ArrowLeft');
  await expect(chart).toHaveAttribute('aria-valuetext', /\d+ events, \d+ with 4xx/);
  await chart.press('Enter');
  await expect(page).toHaveURL(/\/app\/events\?from=.*&to=/);
});

test('project, environment and range follow from page to page', async ({ signedIn: page }) => {
  await page.getByRole('button', { name: 'Project' }).click();
  await page.getByRole('menuitemradio', { name: 'Web shop' }).click();
  await page.getByRole('button', { name: /^Time range/ }).click();
  await page.getByRole('button', { name: 'Last 7 days' }).click();
  await expect(page).toHaveURL(/range=7d/);
  await openPage(page, 'Events');
  await expect(page).toHaveURL(/\/app\/events\?project=.*&range=7d$/);
  await openPage(page, 'Settings');
  await expect(page).toHaveURL(/\/app\/settings\/projects/);
});

test('the first load stays small and asks nobody else', async ({ page, baseURL }) => {
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${baseURL}/`)) foreign.push(request.url());
  });
  await page.goto('/app/');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(foreign).toEqual([]);
});
