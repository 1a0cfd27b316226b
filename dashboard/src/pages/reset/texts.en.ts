import type { Texts } from '../../i18n/catalogue';

export const texts = {
  title: 'New password',
  lead: 'Choose a new password. It ends your sessions and personal tokens, wherever they are.',
  password: 'New password',
  submit: 'Set password',
  done: 'Your new password is set',
  doneHelp: 'You are signed out everywhere. Sign in with the new one.',
  over: 'This link is not good any more',
  overHelp: 'It was used, or is older than 24 hours. Ask whoever sent it for a new one.',
  toLogin: 'Sign in',
} as const satisfies Texts;
