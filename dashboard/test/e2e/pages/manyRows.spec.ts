// A list of 10⁵ events: all of them can be come to, and few of them are on the page.
import { expect, settled, test } from './fixtures';

const ALL = 100_000;
/** Of an answer: more than the page asks for, so that the list is full after fewer of them. */
const ANSWERED = 4_000;
/** Rows in view, and those drawn ahead of them on both sides. */
const MOST_ROWS = 80;
const TIME = Date.parse('2026-01-31T08:00:00.000Z');

function event(index: number): object {
  return {
    id: `many-${index}`,
    timestamp: new Date(TIME - index * 1_000).toISOString(),
    project_id: 'p',
    service_name: 'checkout',
    environment: 'production',
    event_type: '',
    source: 'backend',
    method: 'GET',
    path: `/row/${index}`,
    route: '/row/:id',
    status_code: 200,
    response_time: index % 300,
    identifier: `user-${index % 37}`,
    user_name: '',
    user_email: '',
  };
}

test('a list of a hundred thousand events is scrolled through', async ({ owner: page }) => {
  await page.route(/\/v1\/audit\?/, (route) => {
    const first = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
    const data = Array.from({ length: ANSWERED }, (_, index) => event(first + index));
    const next = first + ANSWERED;
    const next_cursor = next < ALL ? String(next) : null;
    const pagination = { page: 1, limit: ANSWERED, totalItems: ALL, totalPage: 1, next_cursor };
    return route.fulfill({ json: { data, pagination } });
  });
  await page.goto('/app/events?from=2026-01-30T00:00:00.000Z&to=2026-01-31T08:00:00.000Z');
  await settled(page);
  const grid = page.getByRole('grid', { name: 'Events' });
  const rows = grid.getByRole('rowgroup').getByRole('row');
  const row = (index: number) => grid.getByText(`/row/${index}`, { exact: true });
  await expect(row(0)).toBeVisible();

  await expect(async () => {
    await grid.press('End');
    await expect(grid).toHaveAttribute('aria-rowcount', String(ALL + 1), { timeout: 50 });
  }).toPass({ intervals: [10] });
  await grid.press('End');
  await expect(row(ALL - 1)).toBeVisible();
  expect(await rows.count()).toBeLessThan(MOST_ROWS);

  for (const share of [0.5, 0.123]) {
    await grid.evaluate((element, at) => element.scrollTo(0, element.scrollHeight * at), share);
    const there = Number((await rows.first().getAttribute('aria-rowindex')) ?? 0);
    await expect(row(there)).toBeAttached();
    await expect
      .poll(async () => Number(await rows.first().getAttribute('aria-rowindex')))
      .toBeCloseTo(ALL * share, -3);
    expect(await rows.count()).toBeLessThan(MOST_ROWS);
  }
  await grid.press('Home');
  await expect(row(0)).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});
