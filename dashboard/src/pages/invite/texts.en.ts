import type { Texts } from '../../i18n/catalogue';

export const texts = {
  title: 'Invitation',
  lead: 'You are invited to BatAudit. Choose how you want to be called, and a password.',
  signedIn:
    'This browser is signed in as {name}. Accepting signs you in as the invited person instead.',
  email: 'E-mail',
  as: 'Role: {role}',
  name: 'Your name',
  password: 'Password',
  submit: 'Accept and sign in',
  until: 'This invitation is good until {time}.',
  accepted: 'Your account is there. Sign in with the password you chose.',
  over: 'This invitation is not good any more',
  overHelp:
    'It was used, taken back, or is older than seven days. If you accepted it, sign in; else ask whoever invited you for a new one.',
  toLogin: 'Sign in',
} as const satisfies Texts;
