// Web Push of this browser: whether it can, whether it is on for a person and a project, and turning it on
// and off. The server lists a person's own subscriptions only, so the ids of all are kept in this browser.
import { ApiError } from '../../../api/errors';
import {
  pushSubscriptions,
  subscribePush,
  unsubscribePush,
  vapidKey,
} from '../../../api/notifications';
import { inBrowser } from '../../../browser/storage';

export type PushState =
  /** The browser has no Web Push. */
  | 'unsupported'
  /** It has, but not over plain HTTP. */
  | 'insecure'
  /** The reader refused, and the browser asks no more. */
  | 'denied'
  | 'off'
  | 'on';

/** Whose subscription for what. */
export interface Subscriber {
  userId: string;
  projectId: string;
}

/** The app's own address: the scope of the worker. */
const SCOPE = import.meta.env.BASE_URL;
const PREFIX = 'bataudit-push ';

export async function pushState(who: Subscriber): Promise<PushState> {
  if (!window.isSecureContext) return 'insecure';
  const able = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  if (!able) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const subscription = await current();
  const known = recall(who);
  // A browser that made a new subscription since is not the one the server knows.
  if (known === undefined || known.endpoint !== subscription?.endpoint) return 'off';
  if ((await pushSubscriptions()).some(({ id }) => id === known.id)) return 'on';
  // It ended elsewhere, or at its push service, which takes nothing more for it: the next one is made anew.
  await forget(who);
  return 'off';
}

/** The id of the subscription while it is on. */
export function subscriptionId(who: Subscriber): string | undefined {
  return recall(who)?.id;
}

/** Asks the reader, subscribes the browser, and tells the server. */
export async function turnOn(who: Subscriber): Promise<PushState> {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return permission === 'denied' ? 'denied' : 'off';
  const { endpoint, keys } = (await subscribe()).toJSON();
  const subscription = {
    endpoint: endpoint ?? '',
    keys: { auth: keys?.['auth'] ?? '', p256dh: keys?.['p256dh'] ?? '' },
  };
  const { id } = await subscribePush(who.projectId, subscription);
  remember(who, { id, endpoint: subscription.endpoint });
  return 'on';
}

export async function turnOff(who: Subscriber): Promise<PushState> {
  const known = recall(who);
  if (known !== undefined) {
    await unsubscribePush(who.projectId, known.id).catch((error: unknown) => {
      // It ended elsewhere already, which is what was wanted.
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }
  await forget(who);
  return 'off';
}

/** The browser itself stays subscribed while another project tells it something. */
async function forget(who: Subscriber): Promise<void> {
  inBrowser.set(keyOf(who), undefined);
  if (!Object.keys(localStorage).some((key) => key.startsWith(PREFIX))) {
    await (await current())?.unsubscribe();
  }
}

async function current(): Promise<PushSubscription | undefined> {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}

async function subscribe(): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey: await vapidKey() };
  await navigator.serviceWorker.register(`${SCOPE}push-worker.js`, { scope: SCOPE });
  const { pushManager } = await navigator.serviceWorker.ready;
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    // Subscribed under another key, that of an earlier installation at this address.
    const other = await pushManager.getSubscription();
    if (other === null) throw error;
    await other.unsubscribe();
    return pushManager.subscribe(options);
  }
}

function keyOf({ userId, projectId }: Subscriber): string {
  return `${PREFIX}${userId} ${projectId}`;
}

interface Known {
  id: string;
  endpoint: string;
}

function recall(who: Subscriber): Known | undefined {
  const [id, endpoint] = inBrowser.get(keyOf(who))?.split(' ') ?? [];
  return id === undefined || endpoint === undefined ? undefined : { id, endpoint };
}

function remember(who: Subscriber, { id, endpoint }: Known): void {
  inBrowser.set(keyOf(who), `${id} ${endpoint}`);
}
