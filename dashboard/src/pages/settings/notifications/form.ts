// What the form of a new address says, as the API takes it.
import type { ChannelType, NewWebhook } from '../../../api/notifications';

export const TYPES = ['webhook', 'slack', 'discord', 'email'] as const satisfies ChannelType[];

export function readForm(form: FormData, type: ChannelType, projectId: string): NewWebhook {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const secret = text('secret');
  return {
    project_id: projectId,
    type,
    url: type === 'email' ? `mailto:${text('url')}` : text('url'),
    // Who gets Slack's and Discord's messages does not look at our signatures.
    ...(type === 'webhook' && secret !== '' ? { secret } : {}),
  };
}

/** Where an address points to, in a word that can be typed. */
export function hostOf(url: string): string {
  return url.replace(/^mailto:/, '').replace(/^https?:\/\/([^/]+).*$/, '$1');
}
