import type { Texts } from '../../i18n/catalogue';

export const texts = {
  title: 'Sign in',
  lead: 'Sign in to see what your services did.',
  leadBack: 'Sign in to go on where you were.',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  busy: 'Signing in…',
  foot: 'No account yet? Ask an owner of this installation for an invitation.',
  failed: 'Signing in failed. Try again.',
  mismatch: 'This e-mail and password do not match an account.',
  tooMany:
    'That did not match several times in a row. Nothing is lost: your account is only protected from guessing. Try again in a moment.',
  wait: 'Try again in {wait}',
  signedIn: 'You are signed in as {name}.',
  goOn: 'Go on',
  or: 'or',
  with: 'Sign in with {provider}',
  provider: 'single sign-on',
  sso_expired: 'Signing in took too long, or began in another browser. Try again.',
  sso_denied: 'You did not sign in there. Try again, or use your password.',
  sso_email: 'Your e-mail is not confirmed there, or not of a domain that may sign in here.',
  sso_no_role: 'None of your groups may use this installation. Ask one of its owners.',
  sso_no_account: 'You have no account here. Ask an owner of this installation for an invitation.',
  sso_provider: 'The provider could not be asked who you are. Try again in a moment.',
} as const satisfies Texts;
