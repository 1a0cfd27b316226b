import { createECDH, randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { answering, expect, look, test } from './fixtures';
import { openSettings, waitsAndFails } from './states';

test('an address is added, tested, paused and removed', async ({
  owner: page,
  project,
  receiver,
}) => {
  await openSettings(page, 'notifications', project);
  await expect(page.getByRole('heading', { name: 'Alerts go nowhere yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Add address' }).click();
  const form = page.getByRole('dialog', { name: 'Add address' });
  await form.getByLabel('Kind').selectOption('email');
  await expect(form).toContainText('names no mail server');
  await form.getByLabel('Kind').selectOption('webhook');
  await form.getByLabel('URL').fill('ftp://example.com/');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form.getByRole('alert')).toContainText('http');
  await form.getByLabel('URL').fill(receiver.url);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  const shown = page.getByRole('dialog', { name: 'The secret of this address' });
  const secret = await shown.getByRole('region', { name: 'Secret' }).innerText();
  expect(secret.length).toBeGreaterThan(8);
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByText(secret)).toHaveCount(0);

  const row = page.getByRole('row').filter({ hasText: receiver.host });
  const result = page.getByRole('dialog', { name: `Test of ${receiver.host}` });
  /** Tests until sentinel is not too busy: on a slow machine it says that nothing was sent yet. */
  const tested = (outcome: RegExp) =>
    expect(async () => {
      await row.getByRole('button', { name: /^Test/ }).click();
      await expect(result.locator('.banner')).toBeVisible();
      const said = await result.innerText();
      await result.getByRole('button', { name: 'Close' }).last().click();
      expect(said).toMatch(outcome);
    }).toPass({ timeout: 120_000 });
  await tested(/The receiver took it\. It answered with status 200\./);
  expect(receiver.calls[0]?.body).toContain('system.alert.test');
  expect(receiver.calls[0]?.headers['webhook-signature']).toMatch(/^v1,/);
  receiver.answer(500);
  await tested(/It did not arrive\. It answered with status 500\..*answered 500/s);

  await row.getByRole('button', { name: /^Deliveries/ }).click();
  const deliveries = page.getByRole('dialog', { name: /^Last deliveries/ });
  const delivery = (state: string) => deliveries.getByRole('row').filter({ hasText: state });
  await expect(delivery('Given up').first()).toContainText('500');
  await expect(delivery('Delivered').first()).toContainText('200');
  await look(page, 'settings-notifications-deliveries');
  await deliveries.getByRole('button', { name: 'Close' }).click();

  const active = row.getByRole('switch');
  await active.click();
  await expect(page.getByText(/^Nothing is sent to/)).toBeVisible();
  await page.reload();
  await expect(active).not.toBeChecked();
  await look(page, 'settings-notifications');

  await row.getByRole('button', { name: /^Remove/ }).click();
  const ask = page.getByRole('dialog', { name: /^Remove/ });
  await ask.getByLabel(/^Type/).fill(receiver.host);
  await ask.getByRole('button', { name: 'Remove address' }).click();
  await expect(row).toHaveCount(0);
});

/** Chromium of the tests has no push service to subscribe at: only that is put in its place. */
async function pushService(page: Page) {
  const ecdh = createECDH('prime256v1');
  await page.addInitScript(
    ([p256dh, auth, endpoint]) => {
      const subscription = {
        endpoint,
        toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
        unsubscribe: async () => {
          sessionStorage.removeItem('subscribed');
          return true;
        },
      };
      Object.assign(PushManager.prototype, {
        subscribe: async () => {
          sessionStorage.setItem('subscribed', 'yes');
          return subscription;
        },
        getSubscription: async () =>
          sessionStorage.getItem('subscribed') === null ? null : subscription,
      });
    },
    [
      ecdh.generateKeys('base64url'),
      randomBytes(16).toString('base64url'),
      `https://push.example.com/${randomBytes(8).toString('hex')}`,
    ] as const,
  );
}

test('this browser subscribes, shows what is pushed, and unsubscribes', async ({
  owner: page,
  context,
  project,
  baseURL,
}) => {
  await context.grantPermissions(['notifications']);
  await pushService(page);
  await openSettings(page, 'notifications', project);
  const on = page.getByRole('switch', { name: /^Notify me/ });
  await expect(on).not.toBeChecked();
  await on.click();
  await expect(on).toBeChecked();
  await page.reload();
  await expect(on).toBeChecked();

  const cdp = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL === `${baseURL}/app/`);
      if (ours !== undefined) resolve(ours.registrationId);
    }),
  );
  await cdp.send('ServiceWorker.enable');
  await cdp.send('ServiceWorker.deliverPushMessage', {
    origin: `${baseURL}`,
    registrationId: await registered,
    data: JSON.stringify({ title: 'BatAudit Alert', body: '<b>5xx</b>', url: '/app/anomalies' }),
  });
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration('/app/');
      const all = (await registration?.getNotifications()) ?? [];
      return all.map(({ title, body, data }) => [title, body, data.url]);
    });
  await expect.poll(shown).toEqual([['BatAudit Alert', '<b>5xx</b>', '/app/anomalies']]);

  await on.click();
  await expect(on).not.toBeChecked();
  expect(await page.evaluate(() => sessionStorage.getItem('subscribed'))).toBe(null);
});

test('this browser is tested, shows what was sent to it, and says when it is known no more', async ({
  owner: page,
  api,
  context,
  project,
}) => {
  await context.grantPermissions(['notifications']);
  await pushService(page);
  await openSettings(page, 'notifications', project);
  const here = page.getByRole('region', { name: 'This browser' });
  const on = here.getByRole('switch', { name: /^Notify me/ });
  const send = here.getByRole('button', { name: 'Send a test' });
  await expect(on).not.toBeChecked();
  await expect(send).toHaveCount(0);
  await on.click();
  await expect(on).toBeChecked();
  const result = page.getByRole('dialog', { name: 'Test of this browser' });
  const close = () => result.getByRole('button', { name: 'Close' }).last().click();

  // Nobody answers at the address of a push service that is none.
  await send.click();
  await expect(result.getByRole('alert')).toContainText('It did not arrive', { timeout: 20_000 });
  await close();
  await expect(on).toBeChecked();
  await here.getByRole('button', { name: 'Deliveries' }).click();
  const deliveries = page.getByRole('dialog', { name: 'Last deliveries to this browser' });
  await expect(deliveries.getByRole('row').filter({ hasText: 'Given up' })).toHaveCount(1, {
    timeout: 30_000,
  });
  await look(page, 'settings-notifications-browser-deliveries', { widths: [1440, 390] });
  await deliveries.getByRole('button', { name: 'Close' }).click();

  const goesOn = await answering(page, /push\/subscriptions\/[^/]+\/test$/, {
    ok: true,
    status_code: 201,
  });
  await send.click();
  await expect(result).toContainText('The receiver took it. It answered with status 201.');
  await expect(result).toContainText('The notification comes within seconds');
  await look(page, 'settings-notifications-browser-test', { widths: [1440, 390] });
  await close();
  await goesOn();

  const { data: own } = await api.get<{ data: { id: string; project_id: string }[] }>(
    '/v1/notifications/push/subscriptions',
  );
  const id = own.find(({ project_id }) => project_id === project)?.id;
  const ended = { project_id: project, channel_id: id };
  await api.call('DELETE', '/v1/notifications/push/subscribe', ended);
  await send.click();
  await expect(result.getByRole('alert')).toContainText('no longer subscribed');
  await close();
  await expect(on).not.toBeChecked();
  await expect(send).toHaveCount(0);
  expect(await page.evaluate(() => sessionStorage.getItem('subscribed'))).toBe(null);
});

test('a browser that cannot, or may not, says why', async ({ owner: page, project }) => {
  await page.addInitScript(() =>
    Object.defineProperty(Notification, 'permission', { get: () => 'denied' }),
  );
  await openSettings(page, 'notifications', project);
  await expect(page.getByText('was told not to show notifications')).toBeVisible();
  await page.addInitScript(() => Reflect.deleteProperty(window, 'PushManager'));
  await page.reload();
  await expect(page.getByText('This browser has no Web Push')).toBeVisible();
});

test('addresses load, or cannot be fetched', async ({ owner: page, project }) => {
  await waitsAndFails(page, 'notifications', project, { route: /\/v1\/notifications\/webhooks/ });
});

test('a viewer is told of alerts in this browser, and changes no address', async ({
  viewer: page,
  stack,
}) => {
  await openSettings(page, 'notifications', stack.shop.id);
  await expect(page.getByRole('heading', { name: 'This browser' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add address' })).toHaveCount(0);
});
