import type { Texts } from '../../../i18n/catalogue';

export const texts = {
  title: 'Users',
  lead: 'Who may sign in to this installation, and what their role lets them do.',
  invite: 'Invite somebody',
  onlyRead: 'You see who is here. Owners and admins change it.',
  beyond: 'Owners and auditors are changed by owners only.',
  emptyTitle: 'Nobody is here',
  emptyHelp: 'Invite somebody to begin.',
  name: 'Name',
  you: 'You',
  role: 'Role',
  roleOf: 'Role of {name}',
  roleChanged: '{name}: {role}.',
  created: 'Here since',
  actions: 'Actions',
  actionsFor: 'Actions for {name}',

  sessions: 'Sessions…',
  sessionsOf: 'Where {name} is signed in',
  endAll: 'End all',
  endAllTitle: 'End all sessions of {name}?',
  endAllHelp:
    'They are signed out everywhere at once and must sign in again. What they had not saved is lost. Their password and personal tokens still work.',
  endAllKeep: 'Keep them',
  endAllDo: 'End all sessions',
  allEnded: '{name} is signed out everywhere.',

  reset: 'Link for a new password…',
  resetTitle: 'A new password for {name}?',
  resetHelp:
    'You get a link with which they set a new password: once, within 24 hours. Their password works until then. Earlier links stop working.',
  resetDo: 'Make the link',
  resetShown: 'Link for {name}',
  resetLink: 'Reset link',
  resetMailed: 'It is on its way to {email}. Hand this over only if the e-mail does not arrive.',
  resetByHand: 'No e-mail was sent. Hand the link over yourself, to nobody else.',
  resetUntil:
    'It works once, until {time}, and ends their sessions and personal tokens when it is used.',

  delete: 'Delete…',
  deleteTitle: 'Delete {name}?',
  deleteHelp:
    'They are signed out everywhere, their personal tokens stop working, and they are a member of no project any more. This cannot be undone.',
  deleteStays: 'Keys and projects they made stay, and so does what they did.',
  deleteKeep: 'Keep the user',
  deleteDo: 'Delete user',
  deleted: '{name} is deleted.',
} as const satisfies Texts;
