// A real OpenID provider beside the product (deploy/dev/oidc), at which people of the tests sign in. It
// asks nobody for a password: who signs in is what `actAs` said last.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Provider {
  issuer: string;
  /** What the product is to be started with. */
  env: Record<string, string>;
  stop: () => void;
}

/** Whom the provider knows. `olga` has a verified e-mail; `umberto` has not. */
export const ACCOUNTS = {
  olga: { email: 'olga@example.com', email_verified: true, name: 'Olga Provider' },
  umberto: { email: 'umberto@example.com', email_verified: false, name: 'Umberto Unverified' },
};

/** Starts it; `undefined` where it is not installed, and nobody can sign in there. */
export async function startProvider(
  root: string,
  publicUrl: string,
): Promise<Provider | undefined> {
  const folder = join(root, 'deploy/dev/oidc');
  if (!existsSync(join(folder, 'node_modules'))) return undefined;
  const settings = { redirect_uri: `${publicUrl}/v1/auth/oidc/callback`, accounts: ACCOUNTS };
  const child = spawn('node', [join(folder, 'provider.mjs'), JSON.stringify(settings)], {
    // It ends with its standard input, so also when this process is killed.
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const issuer = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('the OpenID provider did not start')));
  });
  return {
    issuer,
    env: {
      BATAUDIT_PUBLIC_URL: publicUrl,
      BATAUDIT_OIDC_ISSUER: issuer,
      BATAUDIT_OIDC_CLIENT_ID: 'bataudit',
      BATAUDIT_OIDC_CLIENT_SECRET: 'a-secret-of-the-tests-and-of-no-other-place',
      BATAUDIT_OIDC_NAME: 'Example ID',
      BATAUDIT_OIDC_SCOPES: 'openid,email,profile',
      BATAUDIT_OIDC_FIRST_SIGN_IN: 'create',
    },
    stop: () => child.stdin.end(),
  };
}

/** Whoever signs in from now on is this account; `nobody` cancels. */
export async function actAs(issuer: string, account: keyof typeof ACCOUNTS | 'nobody') {
  const { status } = await fetch(`${issuer}/act-as?account=${account}`);
  if (status !== 204) throw new Error(`the provider answered ${status}`);
}
