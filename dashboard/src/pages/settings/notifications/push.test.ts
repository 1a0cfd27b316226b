// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pushSubscriptions, subscribePush } from '../../../api/notifications';
import { pushState, subscriptionId, turnOn } from './push';

vi.mock('../../../api/notifications', () => ({
  pushSubscriptions: vi.fn(),
  subscribePush: vi.fn(),
  unsubscribePush: vi.fn(),
  vapidKey: vi.fn(async () => 'key'),
}));

const shop = { userId: 'ada', projectId: 'shop' };
const billing = { userId: 'ada', projectId: 'billing' };
const unsubscribe = vi.fn();

/** What the server lists from now on. */
function listed(...ids: string[]) {
  const rest = { type: 'push', active: true, created_at: '', last_used_at: null, user_agent: '' };
  const config = { endpoint: 'https://push.example.com/a' };
  const own = ids.map((id) => ({ ...rest, id, project_id: 'shop', config }));
  vi.mocked(pushSubscriptions).mockResolvedValue(own);
}

beforeEach(() => {
  const endpoint = 'https://push.example.com/a';
  const subscription = { endpoint, unsubscribe, toJSON: () => ({ endpoint, keys: {} }) };
  const pushManager = {
    subscribe: async () => subscription,
    getSubscription: async () => subscription,
  };
  const registration = { pushManager };
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('PushManager', vi.fn());
  vi.stubGlobal('Notification', {
    permission: 'granted',
    requestPermission: async () => 'granted',
  });
  vi.stubGlobal('navigator', {
    serviceWorker: {
      register: async () => registration,
      getRegistration: async () => registration,
      ready: Promise.resolve(registration),
    },
  });
  vi.mocked(subscribePush).mockImplementation(
    async (projectId) => ({ id: `of-${projectId}` }) as Awaited<ReturnType<typeof subscribePush>>,
  );
});

afterEach(() => {
  localStorage.clear();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

test('it is on while the server knows it', async () => {
  await turnOn(shop);
  listed('of-shop');
  expect([await pushState(shop), subscriptionId(shop)]).toEqual(['on', 'of-shop']);
  expect(unsubscribe).not.toHaveBeenCalled();
});

test('one that ended elsewhere is off, and the next is made anew', async () => {
  await turnOn(shop);
  listed();
  expect([await pushState(shop), subscriptionId(shop)]).toEqual(['off', undefined]);
  expect(unsubscribe).toHaveBeenCalledOnce();
});

test('the browser stays subscribed for another project', async () => {
  await turnOn(shop);
  await turnOn(billing);
  listed('of-billing');
  expect([await pushState(shop), await pushState(billing)]).toEqual(['off', 'on']);
  expect(unsubscribe).not.toHaveBeenCalled();
});
