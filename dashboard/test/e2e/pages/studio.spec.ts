import type { Page } from '@playwright/test';
import { textOfPdf } from '../pdf';
import type { Api } from '../stack/api';
import { person, signInOn } from './people';
import { XSS, empty, expect, failing, look, settled, slow, test } from './fixtures';

interface Report {
  id: string;
  name: string;
  layout: { i: string; x: number; y: number; w: number; h: number }[];
}

const WIDGETS = [
  { id: 'a', title: 'Events', viz: 'number', question: 'total' },
  { id: 'b', title: 'Volume', viz: 'line', question: 'volume' },
  { id: 'c', title: 'By service', viz: 'bars', question: 'services' },
  {
    id: 'd',
    title: 'Rows',
    viz: 'table',
    sql: "SELECT number AS row_number, concat('row ', toString(number)) AS text FROM numbers(90)",
  },
  { id: 'e', title: `Notes ${XSS}`, viz: 'text', text: `# Read this\n\n${XSS}\n\n- one\n- two` },
  { id: 'f', title: 'Classes', viz: 'pie', question: 'classes' },
];
const LAYOUT = [
  { i: 'a', x: 0, y: 0, w: 4, h: 2 },
  { i: 'b', x: 4, y: 0, w: 8, h: 5 },
  { i: 'c', x: 0, y: 2, w: 4, h: 5 },
  { i: 'e', x: 4, y: 5, w: 4, h: 4 },
  { i: 'f', x: 8, y: 5, w: 4, h: 4 },
  { i: 'd', x: 0, y: 9, w: 12, h: 5 },
];

function make(api: Api, project: string, name: string): Promise<Report> {
  const body = { project_id: project, name, widgets: WIDGETS, layout: LAYOUT };
  return api.post<Report>('/v1/reports', body);
}

function widget(page: Page, title: string) {
  return page.getByRole('group', { name: title, exact: true });
}

test('a report is made, arranged by keyboard and pointer, filled and kept', async ({
  owner: page,
  api,
  stack,
}) => {
  await page.goto(`/app/studio?project=${stack.shop.id}`);
  const name = `Weekly ${Date.now()}`;
  await page.getByRole('button', { name: 'New report' }).first().click();
  const form = page.getByRole('dialog', { name: 'New report' });
  await form.getByLabel('Name').fill(name);
  await form.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeAttached();
  await expect(widget(page, 'Services').getByRole('row').nth(1)).toContainText(/\w/);

  await page.getByRole('button', { name: 'Move Services' }).focus();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByText(/^Column 1, row 3, 6 wide, 5 high$/)).toBeAttached();
  await page.getByRole('button', { name: 'Resize Services' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/^Column 1, row 3, 7 wide, 5 high$/)).toBeAttached();
  const users = page.getByRole('button', { name: 'Move Busiest users' });
  await users.scrollIntoViewIfNeeded();
  const handle = await users.boundingBox();
  if (handle === null) throw new Error('the handle is not in view');
  await page.mouse.move(handle.x + 8, handle.y + 8);
  await page.mouse.down();
  await page.mouse.move(handle.x - 900, handle.y + 8, { steps: 5 });
  await page.mouse.up();

  await page.getByRole('button', { name: 'Period and variables' }).click();
  const settings = page.getByRole('dialog', { name: 'Period and variables' });
  await settings.getByLabel('Period').selectOption('7d');
  await settings.getByRole('button', { name: 'Add variable' }).click();
  await settings.getByLabel('Variable 1', { exact: true }).fill('start');
  await settings.getByLabel('Value at first').fill('checkout');
  await settings.getByRole('button', { name: 'Apply' }).click();
  await expect(
    settings.getByText('This name is filled by the period or the project.'),
  ).toBeVisible();
  await settings.getByLabel('Variable 1', { exact: true }).fill('service_name');
  await settings.getByRole('button', { name: 'Apply' }).click();

  await page.getByRole('button', { name: 'Add widget' }).click();
  const editor = page.getByRole('dialog', { name: 'Add widget' });
  await editor.getByLabel('Shows', { exact: true }).selectOption('sql');
  await editor.getByLabel('Title').fill('Of the variable');
  await editor.getByLabel('Shown as').selectOption('number');
  await editor.getByRole('textbox', { name: 'SQL' }).click();
  await page.keyboard.insertText(
    "SELECT uniq(service_name) AS services, any(service_name) AS name FROM audits WHERE service_name = '{{service_name}}' AND timestamp >= '{{start}}'",
  );
  await editor.getByRole('button', { name: 'Try' }).click();
  await expect(editor.getByRole('region', { name: 'Preview' })).toContainText('services1');
  await editor.getByRole('button', { name: 'Apply' }).click();
  await expect(widget(page, 'Of the variable')).toContainText('services');
  await look(page, 'studio-edit');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Done' })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();

  await page.reload();
  await expect(page.getByRole('button', { name: /^Time range: Last 7 days/ })).toBeVisible();
  await expect(widget(page, 'Services').getByRole('row')).toHaveCount(2);
  await expect(widget(page, 'Services')).toContainText('checkout');
  await page.getByLabel('service_name').fill('catalog');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/var=service_name%3Dcatalog/);
  await expect(widget(page, 'Services')).toContainText('catalog');
  const { data } = await api.get<{ data: Report[] }>(`/v1/reports?project_id=${stack.shop.id}`);
  const kept = data.find((report) => report.name === name);
  expect(kept?.layout.find(({ i }) => i === 'w6')).toMatchObject({ w: 7, y: 2 });
  expect(kept?.layout.find(({ i }) => i === 'w9')?.x).toBeLessThan(6);
});

test('a widget is moved and resized from its menu, without dragging', async ({
  owner: page,
  api,
  stack,
}) => {
  const report = await make(api, stack.shop.id, `Menu ${Date.now()}`);
  await page.goto(`/app/studio/${report.id}?edit=1`);
  const opens = page.getByRole('button', { name: 'More for Events', exact: true });
  const entry = (name: string) => page.getByRole('menuitem', { name, exact: true });
  await opens.click();
  // It stands in the corner, two rows high.
  for (const name of ['Move left', 'Move up', 'Shorter']) await expect(entry(name)).toBeDisabled();
  await look(page, 'studio-menu', { widths: [1440] });
  await page.keyboard.press('Escape');
  for (const [name, place] of [
    ['Move down', 'Column 1, row 6, 4 wide, 2 high'],
    ['Wider', 'Column 1, row 6, 5 wide, 2 high'],
    ['Taller', 'Column 1, row 6, 5 wide, 3 high'],
    ['Move right', 'Column 2, row 6, 5 wide, 3 high'],
    ['Narrower', 'Column 2, row 6, 4 wide, 3 high'],
    ['Move left', 'Column 1, row 6, 4 wide, 3 high'],
    ['Move up', 'Column 1, row 1, 4 wide, 3 high'],
  ] as const) {
    await opens.click();
    await entry(name).click();
    await expect(page.getByText(place, { exact: true })).toBeAttached();
    await expect(opens).toBeFocused();
  }
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Done' })).toBeVisible();
  const kept = await api.get<Report>(`/v1/reports/${report.id}`);
  expect(kept.layout.find(({ i }) => i === 'a')).toMatchObject({ x: 0, y: 0, w: 4, h: 3 });
});

test('nothing is lost by leaving, nor by two who save the same report', async ({
  owner: page,
  api,
  stack,
}) => {
  const report = await make(api, stack.shop.id, `Shared ${Date.now()}`);
  await page.goto(`/app/studio/${report.id}?edit=1`);
  await page.getByLabel('Name', { exact: true }).fill('Mine');
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  const leave = page.getByRole('dialog', { name: 'Leave without saving?' });
  await leave.getByRole('button', { name: 'Stay here' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Mine');

  const theirs = { name: 'Theirs', widgets: WIDGETS, layout: LAYOUT };
  await api.call('PUT', `/v1/reports/${report.id}`, theirs);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const conflict = page.getByRole('dialog', { name: 'Somebody else saved this report' });
  await conflict.getByRole('button', { name: 'Save mine as a copy' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Copy of Mine');
  expect((await api.get<Report>(`/v1/reports/${report.id}`)).name).toBe('Theirs');

  await page.getByRole('button', { name: 'More for this report' }).click();
  await page.getByRole('menuitem', { name: 'Delete report' }).click();
  await expect(page.getByRole('button', { name: 'Delete report' })).toBeDisabled();
  await page.getByLabel(/^Type/).fill('Copy of Mine');
  await page.getByRole('button', { name: 'Delete report' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Studio' })).toBeVisible();
  await page.getByRole('button', { name: 'Duplicate Theirs' }).first().click();
  await expect(page.getByRole('link', { name: 'Copy of Theirs' }).first()).toBeVisible();
});

test('a viewer reads; what needs SQL says so', async ({ viewer: page, api, stack }) => {
  const report = await make(api, stack.shop.id, `Read ${Date.now()}`);
  await page.goto(`/app/studio?project=${stack.shop.id}`);
  await expect(page.getByRole('button', { name: /report|Delete|Duplicate/ })).toHaveCount(0);
  await page.getByRole('link', { name: report.name }).click();
  await expect(widget(page, 'Rows')).toContainText('only owners and admins of the installation');
  await expect(widget(page, 'Rows').getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(widget(page, 'By service').getByRole('listitem').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Edit' })).toHaveCount(0);
  await page.goto(`/app/studio/${report.id}?edit=1`);
  await expect(widget(page, 'Events')).toContainText(/\d/);
  await expect(page.getByRole('button', { name: /^Move/ })).toHaveCount(0);
});

test('SQL that is refused after all says so, and offers no second try', async ({
  owner: page,
  api,
  stack,
}) => {
  const report = await make(api, stack.shop.id, `Refused ${Date.now()}`);
  const body = { error: 'SQL is closed', code: 'forbidden', request_id: 'bat-test-403' };
  await page.route(/\/v1\/audit\/query$/, (route) => route.fulfill({ status: 403, json: body }));
  await page.goto(`/app/studio/${report.id}`);
  await expect(widget(page, 'Rows')).toContainText('only owners and admins of the installation');
  await expect(widget(page, 'Rows').getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(widget(page, 'Events')).toContainText(/\d/);
});

test('a new report belongs to a project its author may change', async ({ page, api, project }) => {
  const admin = await person(api, 'admin', { project, role: 'admin' });
  await page.goto('/app/studio');
  await signInOn(page, admin);
  await page.getByRole('button', { name: 'New report' }).first().click();
  const choice = page.getByRole('dialog', { name: 'New report' }).getByLabel('Project');
  // Neither all projects, nor others', nor that of BatAudit itself.
  await expect(choice.getByRole('option')).toHaveText(['Choose a project', /^of-test-/]);
});

test('a report prints on A4 with all of every widget', async ({ owner: page, api, stack }) => {
  const report = await make(api, stack.shop.id, `Printed ${Date.now()}`);
  await page.goto(`/app/studio/${report.id}?range=24h`);
  await expect(widget(page, 'Rows')).toContainText('row 89');
  await expect(widget(page, 'Classes')).toContainText('5xx');
  await settled(page);
  await expect(page.locator('.chart-area svg')).toBeVisible();
  await look(page, 'studio-report');

  const pages = textOfPdf(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  const text = pages.join('');
  for (const part of [
    report.name,
    'Last 24 hours',
    'Events',
    'Volume',
    'By service',
    'checkout',
    '5xx',
    'Read this',
  ]) {
    expect(text).toContain(part.replace(/\s/g, ''));
  }
  // The table goes on over the sheets, down to its last row, and nothing of the frame is printed.
  for (let row = 0; row < 90; row += 1) expect(text).toContain(`row${row}`);
  expect(text).toContain(XSS.replace(/\s/g, ''));
  for (const frame of ['All projects', 'Print or PDF', 'Show as table']) {
    expect(text).not.toContain(frame.replace(/\s/g, ''));
  }
  expect(pages.length).toBeGreaterThan(1);
  expect(pages.length).toBeLessThan(6);

  // As wide as the sheet between its margins. A chart's frame is two pixels lower than what it holds.
  await page.setViewportSize({ width: 703, height: 1032 });
  await page.emulateMedia({ media: 'print' });
  const cut = await page
    .locator('.widget, .widget-body, .chart-area')
    .evaluateAll((nodes) =>
      nodes
        .filter(
          (node) =>
            node.scrollWidth > node.clientWidth + 3 || node.scrollHeight > node.clientHeight + 3,
        )
        .map(
          (node) =>
            `${node.className}: ${node.scrollWidth} × ${node.scrollHeight} in ${node.clientWidth} × ${node.clientHeight}`,
        ),
    );
  expect(cut).toEqual([]);
  await page.emulateMedia({ media: null });
});

test('reports load, are none, or cannot be fetched', async ({ owner: page, stack }) => {
  const list = /\/v1\/reports(\?|$)/;
  const release = await slow(page, list);
  await page.goto(`/app/studio?project=${stack.shop.id}`);
  await expect(page.getByRole('status', { name: 'Loading' })).toBeVisible();
  release();
  await settled(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  await empty(page, list);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'No reports yet' })).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  const works = await failing(page, list);
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('bat-test-1');
  await works();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await look(page, 'studio', { widths: [390] });

  await page.goto('/app/studio/nowhere');
  await expect(page.getByRole('alert')).toContainText('Report not found.');
});
