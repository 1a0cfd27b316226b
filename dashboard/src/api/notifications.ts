// Where a project's alerts are sent: addresses, and browsers that subscribed.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type Webhook = components['schemas']['Webhook'];
export type NewWebhook = components['schemas']['NewWebhook'];
export type ChannelType = components['schemas']['ChannelType'];
export type ChannelTest = components['schemas']['ChannelTest'];
export type Delivery = components['schemas']['ChannelDelivery'];
type BrowserSubscription = components['schemas']['BrowserSubscription'];

export function webhooksQuery(projectId: string) {
  return queryOptions({
    queryKey: ['webhooks', projectId],
    queryFn: ({ signal }) => {
      const query = { project_id: projectId };
      return answer(api.GET('/v1/notifications/webhooks', { params: { query }, signal }));
    },
  });
}

/** The answer holds the secret, this once. */
export function createWebhook(body: NewWebhook) {
  return answer(api.POST('/v1/notifications/webhooks', { body }));
}

export function setWebhookActive(id: string, active: boolean) {
  const params = { path: { id } };
  return answer(api.PUT('/v1/notifications/webhooks/{id}', { params, body: { active } }));
}

export function deleteWebhook(id: string) {
  return answer(api.DELETE('/v1/notifications/webhooks/{id}', { params: { path: { id } } }));
}

/** Sends a test, once; the answer comes within 15 seconds. */
export function testWebhook({ id }: Webhook) {
  return answer(api.POST('/v1/notifications/webhooks/{id}/test', { params: { path: { id } } }));
}

export function deliveriesQuery(id: string) {
  const params = { path: { id } };
  return history(id, (signal) =>
    answer(api.GET('/v1/notifications/webhooks/{id}/deliveries', { params, signal })),
  );
}

/** The last 50, the newest first. */
function history(id: string, ask: (signal: AbortSignal) => Promise<Delivery[]>) {
  return queryOptions({
    queryKey: ['deliveries', id],
    queryFn: ({ signal }) => ask(signal),
    refetchInterval: 10_000,
  });
}

/** The key this installation signs with, as a browser wants it. */
export async function vapidKey(): Promise<string> {
  return (await answer(api.GET('/v1/notifications/push/vapid-public-key'))).public_key;
}

/** A browser that is subscribed already keeps its id. */
export function subscribePush(projectId: string, subscription: BrowserSubscription) {
  const body = { project_id: projectId, subscription };
  return answer(api.POST('/v1/notifications/push/subscribe', { body }));
}

export function unsubscribePush(projectId: string, id: string) {
  const body = { project_id: projectId, channel_id: id };
  return answer(api.DELETE('/v1/notifications/push/subscribe', { body }));
}

/** The reader's own, in every browser and project. */
export async function pushSubscriptions() {
  return (await answer(api.GET('/v1/notifications/push/subscriptions'))).data;
}

/** Sends a test to a browser of the reader, once; the answer comes within 15 seconds. */
export function testPush(id: string) {
  const params = { path: { id } };
  return answer(api.POST('/v1/notifications/push/subscriptions/{id}/test', { params }));
}

export function pushDeliveriesQuery(id: string) {
  const params = { path: { id } };
  return history(id, (signal) =>
    answer(api.GET('/v1/notifications/push/subscriptions/{id}/deliveries', { params, signal })),
  );
}
