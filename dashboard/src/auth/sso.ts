// Signing in at an OpenID provider: the way there, and why it led back to the sign-in page.

const REASONS = ['expired', 'denied', 'email', 'no_role', 'no_account', 'provider'] as const;
export type SsoReason = (typeof REASONS)[number];

/** What the reason in the address means; the address may hold anything. */
export function ssoReason(value: unknown): SsoReason | undefined {
  return REASONS.find((known) => known === value);
}

/** Where a browser goes to sign in and come back to this page. */
export function ssoAddress(back: string | undefined): string {
  return `/v1/auth/oidc/login${back === undefined ? '' : `?${new URLSearchParams({ return: back }).toString()}`}`;
}
