import { expect, look, settled, test } from './fixtures';
import { openSettings, waitsAndFails } from './states';

interface Rules {
  version: number;
  rules: object[];
}

test('rules are written, tried and saved; a problem stands at its rule', async ({
  owner: page,
  api,
  project: id,
}) => {
  await openSettings(page, 'masking', id);
  await expect(page.getByRole('heading', { name: 'No rules of this project yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Add rule' }).click();
  const first = page.getByRole('group', { name: 'Rule 1' });
  await expect(first.getByLabel('Name of the key')).toBeFocused();
  await first.getByLabel('Name of the key').fill('customer_ref');
  await first.getByLabel('Becomes').selectOption('hash');
  await page.getByRole('button', { name: 'Add rule' }).click();
  const second = page.getByRole('group', { name: 'Rule 2' });
  await second.getByLabel('Kind').selectOption('pattern');
  await second.getByLabel('Regular expression').fill('INV-[');
  await expect(page.getByText('2 changes are not saved')).toBeVisible();

  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await expect(second.getByRole('alert')).toContainText('not a regular expression');
  await expect(first.getByRole('alert')).toHaveCount(0);
  await second.getByLabel('Regular expression').fill('INV-[0-9]{6}');
  await expect(second.getByRole('alert')).toHaveCount(0);
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  const result = page.getByRole('group', { name: 'What would be masked' });
  const row = (place: string) => result.getByRole('row').filter({ hasText: place });
  await expect(row('/request_body/customer_ref')).toContainText(/C-1042.*hash:.*Your rules/s);
  await expect(row('/request_body/note')).toContainText(/invoice \*{8}.*Your rules/s);
  await expect(row('/request_body/card')).toContainText(/\*{12}1111.*Always/s);
  await look(page, 'settings-masking');

  await first.getByLabel('Becomes').selectOption('mask');
  await expect(page.getByText('Rules or sample changed: try again')).toBeVisible();
  await page.getByRole('button', { name: 'Save…' }).click();
  const ask = page.getByRole('dialog', { name: 'Save these changes?' });
  await expect(ask).toContainText('Key customer_ref');
  await ask.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('The rules are in force.')).toBeVisible();
  const path = `/v1/projects/${id}/masking-rules`;
  const rules = [{ key: 'customer_ref' }, { pattern: 'INV-[0-9]{6}' }];
  expect(await api.get<Rules>(path)).toMatchObject({ version: 1, rules });

  // Somebody else saves while this page is being edited.
  await first.getByLabel('Becomes').selectOption('remove');
  await api.call('PUT', path, { version: 1, rules: [{ key: 'theirs' }] });
  await page.getByRole('button', { name: 'Save…' }).click();
  await expect(ask).toContainText('******** → Nothing: customer_ref');
  await ask.getByRole('button', { name: 'Save rules' }).click();
  await page.getByRole('button', { name: 'Show theirs and drop my changes' }).click();
  await expect(first.getByLabel('Name of the key')).toHaveValue('theirs');
  await expect(second).toHaveCount(0);
  expect((await api.get<Rules>(path)).version).toBe(2);

  await page.getByRole('button', { name: 'Remove rule 1' }).click();
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(first.getByLabel('Name of the key')).toHaveValue('theirs');
});

test('rules that are not saved are not lost by leaving, nor by dropping them', async ({
  owner: page,
  project: id,
  stack,
}) => {
  await openSettings(page, 'masking', id);
  await page.getByRole('button', { name: 'Add rule' }).click();
  const key = page.getByRole('group', { name: 'Rule 1' }).getByLabel('Name of the key');
  await key.fill('customer_ref');
  const leave = page.getByRole('dialog', { name: 'Leave without saving?' });
  const events = page.getByRole('link', { name: 'Events', exact: true });
  await events.click();
  await expect(leave).toContainText('There are changes to the rules that are not saved.');
  await look(page, 'settings-masking-leave', { widths: [1440, 390] });
  await leave.getByRole('button', { name: 'Stay here' }).click();
  await expect(key).toHaveValue('customer_ref');

  // Another project is another set of rules.
  await page.getByRole('combobox', { name: 'Project' }).selectOption(stack.shop.id);
  await leave.getByRole('button', { name: 'Stay here' }).click();
  await expect(key).toHaveValue('customer_ref');

  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(key).toHaveCount(0);
  await events.click();
  await expect(page).toHaveURL(/\/app\/events/);
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'No rules of this project yet' })).toBeVisible();

  await page.getByRole('button', { name: 'Add rule' }).click();
  await key.fill('customer_ref');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page
    .getByRole('status')
    .filter({ hasText: 'Your changes are dropped.' })
    .last()
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect(key).toHaveValue('customer_ref');
  await events.click();
  await leave.getByRole('button', { name: 'Leave, drop the changes' }).click();
  await expect(page).toHaveURL(/\/app\/events/);
});

test('a sample is the newest event, or has to be one', async ({ owner: page, stack }) => {
  await openSettings(page, 'masking', stack.shop.id);
  const sample = page.getByLabel('Sample event');
  await sample.fill('');
  await page.getByRole('button', { name: 'Take the newest event' }).click();
  await expect(sample).toHaveValue(/^\{.*"path": ".*\}$/s);
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await expect(page.getByText(/values? would be masked\./)).toBeVisible();
  await sample.fill('{"path": ');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('This cannot be read: not JSON at position');
  await sample.fill('{"ip": "203.0.113.1"}');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('a field that is not masked');
});

test('rules load, or cannot be fetched', async ({ owner: page, stack }) => {
  await waitsAndFails(page, 'masking', stack.empty.id, { route: /\/masking-rules$/ });
});

test('a viewer is not offered masking rules', async ({ viewer: page }) => {
  await page.goto('/app/settings/projects');
  await settled(page);
  await expect(page.getByRole('link', { name: 'Masking' })).toHaveCount(0);
});
