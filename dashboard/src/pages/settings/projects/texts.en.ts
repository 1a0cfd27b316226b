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
  keys: 'API keys',
  members: 'Members',
  own: 'What people do in BatAudit itself',
  archived: 'Archived',
  archivedSince: 'since',
  slugHint:
    'An event whose service name equals the slug belongs here when its key covers the whole installation.',
  submit: 'Create project',
  actionsFor: 'Actions for {name}',
  failed: 'The change was not made.',

  rename: 'Rename…',
  renameTitle: 'Rename {name}',
  renameHint: 'The slug stays {slug}, since applications write to it.',

  archive: 'Archive…',
  archiveTitle: 'Archive {name}?',
  archiveHelp:
    'Within a second its keys are refused and it takes no events any more. Its anomaly rules rest.',
  archiveStays: 'Nothing is removed: everything stays readable, and you can take it back.',
  archiveKeep: 'Leave it as it is',
  archiveDo: 'Archive project',
  didArchive: '{name} is archived and takes no events.',
  takeBack: 'Take back from the archive',
  tookBack: '{name} takes events again.',
} as const satisfies Texts;
