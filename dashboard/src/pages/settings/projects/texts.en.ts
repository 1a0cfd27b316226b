import type { Texts } from '../../../i18n/catalogue';

export const texts = {
  title: 'Projects',
  lead: 'A project keeps the events of one product apart, with keys of its own.',
  create: 'New project',
  emptyTitle: 'No projects yet',
  emptyCreate: 'Create one, then generate an API key for it.',
  emptyAsk: 'Ask an owner to add you to a project.',
  name: 'Name',
  slug: 'Slug',
  created: 'Created',
  links: 'Links',
  events: 'Events',
  keys: 'Keys',
  slugHint:
    'An event whose service name equals the slug belongs here when its key covers the whole installation.',
  submit: 'Create project',
} as const satisfies Texts;
