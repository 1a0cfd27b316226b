import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { TABLES } from '../../../src/sql/schema';
import { XSS, answering, expect, failing, look, slow, test } from './fixtures';

const RUN = /\/v1\/audit\/query$/;

interface Answer {
  columns: string[];
  rows: string[][];
}

function editorOf(page: Page) {
  return page.getByRole('textbox', { name: 'SQL' });
}

/** Types a query as a person does, in place of what is there. */
async function write(page: Page, sql: string) {
  await editorOf(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(sql);
}

test('a query is written with completions, run, drawn and downloaded', async ({
  owner: page,
  stack,
}) => {
  await page.goto(`/app/query?project=${stack.shop.id}`);
  const editor = editorOf(page);
  await editor.click();
  await page.keyboard.type('SELECT ser');
  await expect(page.getByRole('option', { name: /^service_name/ })).toBeVisible();
  await page.getByRole('option', { name: /^service_name/ }).click();
  await expect(editor).toContainText('SELECT service_name');
  await page.keyboard.type(', count() AS events FROM aud');
  await page.getByRole('option', { name: 'audits' }).click();
  await page.keyboard.type(
    " WHERE service_name IN ('checkout', 'catalog', 'payments', 'accounts') GROUP BY service_name ORDER BY service_name",
  );
  // The editor's colours came through the real policy, which refuses every <style> element.
  const keyword = editor.getByText('SELECT', { exact: true });
  expect(await keyword.evaluate((node) => getComputedStyle(node).fontWeight)).toBe('600');
  await page.keyboard.press('ControlOrMeta+Enter');

  const result = page.getByRole('region', { name: 'Result' });
  await expect(result.getByRole('status').first()).toContainText(/4 rows.*2 columns/);
  const table = result.getByRole('table', { name: 'Rows of the result' });
  await expect(table.getByRole('columnheader', { name: 'events whole number' })).toBeVisible();
  await expect(table.getByRole('row').nth(1)).toContainText('accounts');
  await result.getByRole('button', { name: 'Open row 1' }).click();
  const row = page.getByRole('dialog', { name: 'Row 1 of 4' });
  await expect(row).toContainText('accounts');
  await page.keyboard.press('Escape');

  await result.getByRole('tab', { name: 'Chart' }).click();
  await expect(result.getByRole('list', { name: /events$/ }).getByRole('listitem')).toHaveCount(4);
  await result.getByRole('combobox', { name: 'Chart' }).selectOption('pie');
  await expect(result.getByRole('figure')).toContainText('accounts');

  const saved = page.waitForEvent('download');
  await result.getByRole('button', { name: 'Download CSV' }).click();
  const file = readFileSync(await (await saved).path(), 'utf8');
  expect(file.split('\r\n')[0]).toBe('service_name,events');
  expect(file.split('\r\n')).toHaveLength(6);

  // The text is nowhere in the address, and is still there after another page was looked at.
  expect(page.url()).not.toContain('SELECT');
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByRole('link', { name: 'Query', exact: true }).click();
  await expect(editor).toContainText('SELECT service_name');
  await page.reload();
  await expect(editor).toContainText('SELECT service_name');
});

test('what is typed faster than the page draws stays, and is what runs', async ({
  owner: page,
}) => {
  await page.goto('/app/query');
  await write(page, 'SELECT ');
  const text = `SELECT ${'0 + '.repeat(60)}7`;
  // Letters that come between the page's own tasks, where a slower machine would have them come.
  await page.evaluate(async (letters) => {
    const { port1, port2 } = new MessageChannel();
    for (const letter of letters) {
      document.execCommand('insertText', false, letter);
      await new Promise((done) => {
        port1.onmessage = done;
        port2.postMessage(undefined);
      });
    }
  }, text.slice('SELECT '.length));
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(editorOf(page)).toHaveText(text);
  await expect(page.getByRole('cell', { name: '7', exact: true })).toBeVisible();
});

test('an example fills its time range, and a time series has many rows', async ({
  owner: page,
  stack,
}) => {
  await page.goto(`/app/query?project=${stack.shop.id}`);
  await page.getByRole('button', { name: 'Requests by service over time' }).click();
  await page.getByRole('button', { name: 'Run' }).click();
  const result = page.getByRole('region', { name: 'Result' });
  await expect(result.getByRole('columnheader', { name: 'hour time' })).toBeVisible();
  await result.getByRole('tab', { name: 'Chart' }).click();
  await expect(result.getByLabel('A series for each')).toHaveValue('1');
  await expect(result.getByRole('slider')).toHaveAttribute('aria-valuetext', /checkout/);
  await look(page, 'query');

  // A thousand rows, of which only those in view exist.
  await write(page, `SELECT number, '${XSS.replaceAll("'", "\\'")}' AS planted FROM numbers(5000)`);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(result.getByRole('status').first()).toContainText('1,000 rows');
  await expect(result.getByText(/There are more rows/)).toBeVisible();
  await expect(result.getByRole('row').nth(1)).toContainText('<img src=x');
  expect(await result.getByRole('row').count()).toBeLessThan(80);
  await result.getByRole('button', { name: 'Open row 1', exact: true }).focus();
  await page.keyboard.press('End');
  await expect(result.getByRole('button', { name: 'Open row 1,000' })).toBeFocused();
});

test('what is wrong is shown at its place, and a slow query is cancelled', async ({
  owner: page,
}) => {
  await page.goto('/app/query');
  await write(page, 'SELECT\n  paht\nFROM audits');
  await page.keyboard.press('ControlOrMeta+Enter');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Query error: Unknown expression identifier `paht`.');
  await expect(editorOf(page).locator('.cm-mistake')).toHaveText('paht');
  await page.getByRole('button', { name: 'Show it: line 2, column 3' }).click();
  await page.keyboard.insertText('path');
  await expect(editorOf(page)).toContainText('path');
  await expect(editorOf(page).locator('.cm-mistake')).toHaveCount(0);

  await write(page, 'SELECT count( FROM audits');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(alert).toContainText(/syntax error/i);
  await expect(editorOf(page).locator('.cm-mistake')).not.toHaveCount(0);

  await write(page, "SELECT count() FROM audits WHERE project_id = '{{project_id}}'");
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(alert).toContainText(
    'There is no value for {{project_id}}. Choose a project first.',
  );

  await write(page, 'SELECT 1');
  const release = await slow(page, RUN);
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('The query was cancelled.')).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  release();
  await failing(page, RUN);
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(alert).toContainText('bat-test-1');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('region', { name: 'Result' })).toContainText('1 row');
});

test('queries are kept, taken, renamed and forgotten; history is cleared', async ({
  owner: page,
  api,
}) => {
  await page.goto('/app/query');
  const shelf = page.getByRole('complementary', { name: 'Tables and queries' });
  const name = `kept ${Date.now()}`;
  await write(page, 'SELECT 41 AS answer');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('cell', { name: '41' })).toBeVisible();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Save query' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  await write(page, 'SELECT 42 AS answer');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText(`“${name}” is saved.`).first()).toBeVisible();

  await shelf.getByRole('tab', { name: 'History' }).click();
  await shelf
    .getByRole('button', { name: /SELECT 41 AS answer/ })
    .first()
    .click();
  await expect(editorOf(page)).toContainText('SELECT 41');
  await shelf.getByRole('tab', { name: 'Saved' }).click();
  await shelf.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  await expect(editorOf(page)).toContainText('SELECT 42');
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(editorOf(page)).toContainText('SELECT 41');

  await shelf.getByRole('button', { name: `Delete ${name}` }).click();
  await expect(shelf.getByText(name)).toHaveCount(0);
  await page
    .getByRole('status')
    .filter({ hasText: `“${name}” is deleted.` })
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect(shelf.getByText(name)).toBeVisible();

  await shelf.getByRole('tab', { name: 'History' }).click();
  await shelf.getByRole('button', { name: 'Clear history' }).click();
  const none = shelf.getByText('The queries you run are listed here.');
  await expect(none).toBeVisible();
  const said = page.getByRole('status').filter({ hasText: 'Your history is cleared.' });
  await said.getByRole('button', { name: 'Undo' }).click();
  await expect(shelf.getByRole('button', { name: /SELECT 41 AS answer/ }).first()).toBeVisible();
  await shelf.getByRole('button', { name: 'Clear history' }).click();
  await expect(none).toBeVisible();
  await said.getByRole('button', { name: 'Dismiss' }).click();
  await expect
    .poll(async () => (await api.get<{ data: unknown[] }>('/v1/audit/query/history')).data)
    .toEqual([]);
  await expect(none).toBeVisible();
});

test('the lists load, are empty, or cannot be fetched; a viewer is not let in', async ({
  owner: page,
}) => {
  const lists = /\/v1\/audit\/query\/(saved|history)/;
  const works = await failing(page, lists);
  await page.goto('/app/query');
  const shelf = page.getByRole('complementary', { name: 'Tables and queries' });
  await shelf.getByRole('tab', { name: 'Saved' }).click();
  await expect(shelf.getByRole('alert')).toContainText('bat-test-1');
  await works();
  await answering(page, lists, { data: [] });
  await shelf.getByRole('button', { name: 'Try again' }).click();
  await expect(shelf.getByText(/^No saved queries yet/)).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('the query page is not for viewers', async ({ viewer: page }) => {
  await page.goto('/app/query');
  await expect(
    page.getByRole('heading', { name: 'Your role does not open this page' }),
  ).toBeVisible();
  await expect(page.getByRole('link', { name: 'Query', exact: true })).toHaveCount(0);
});

test('the tables offered are those of the console', async ({ api }) => {
  for (const { name, columns } of TABLES) {
    const types = columns.map((column) => `toTypeName(${column.name})`).join(', ');
    const answer = await api.post<Answer>('/v1/audit/query', {
      sql: `SELECT ${types} FROM ${name} LIMIT 1`,
    });
    const known = (answer.rows[0] ?? []).map((type) =>
      type.replace(/^LowCardinality\((.*)\)$/, '$1').replace(/, 'UTC'|\('UTC'\)/, ''),
    );
    expect(known).toEqual(columns.map(({ type }) => type));
    const all = await api.post<Answer>('/v1/audit/query', { sql: `SELECT * FROM ${name} LIMIT 1` });
    expect(all.columns).toEqual(columns.map((column) => column.name));
  }
});
