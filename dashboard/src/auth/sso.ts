// Signing in at an OpenID provider: the way there, and why it led back to the sign-in page.

const REASONS: Record<string, string> = {
  expired: 'Signing in took too long, or began in another browser. Try again.',
  denied: 'You did not sign in there. Try again, or use your password.',
  email: 'Your e-mail is not confirmed there, or not of a domain that may sign in here.',
  no_role: 'None of your groups may use this installation. Ask one of its owners.',
  no_account: 'You have no account here. Ask an owner of this installation for an invitation.',
  provider: 'The provider could not be asked who you are. Try again in a moment.',
};

/** What the reason in the address means; the address may hold anything. */
export function ssoReason(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return Object.hasOwn(REASONS, value) ? value : undefined;
}

export function explainSso(reason: string): string {
  return REASONS[reason] ?? 'Signing in failed. Try again.';
}

/** Where a browser goes to sign in and come back to this page. */
export function ssoAddress(back: string | undefined): string {
  return `/v1/auth/oidc/login${back === undefined ? '' : `?${new URLSearchParams({ return: back }).toString()}`}`;
}
