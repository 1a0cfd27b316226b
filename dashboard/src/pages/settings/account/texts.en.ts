import type { Texts } from '../../../i18n/catalogue';

export const texts = {
  title: 'Your account',
  lead: 'Who you are here. An owner of this installation changes your role.',
  name: 'Name',
  email: 'E-mail',
  role: 'Role',

  password: 'Password',
  passwordLead:
    'Changing it ends your sessions elsewhere. Whoever signs in with single sign-on alone asks an owner for a reset link to get one.',
  current: 'Current password',
  new: 'New password',
  change: 'Change password',
  changed: 'Your password is changed, and your other sessions are over.',

  sessions: 'Where you are signed in',
  sessionsLead: 'End what you do not recognise, then change your password.',
  endOthers: 'End all others',
  endOthersTitle: 'End all other sessions?',
  endOthersHelp: {
    one: 'You stay signed in here. {count} other browser is signed out at once and must sign in again; what was not saved there is lost.',
    other:
      'You stay signed in here. {count} other browsers are signed out at once and must sign in again; what was not saved there is lost.',
  },
  othersEnded: 'You are signed in only here now.',
} as const satisfies Texts;
