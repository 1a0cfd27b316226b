// A real OpenID provider on loopback, for tests. It asks nobody for a password: who signs in is what the last
// POST /act-as said. Prints its address when it listens, and ends with its standard input.
//   node provider.mjs '{"redirect_uri": "…", "accounts": {"ada": {"email": "ada@example.com", …}}}'
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { redirect_uri, accounts } = JSON.parse(process.argv[2]);
let current = '';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'bataudit',
        client_secret: 'a-secret-of-the-tests-and-of-no-other-place',
        redirect_uris: [redirect_uri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    cookies: { keys: ['of the tests'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    // Sessions would sign the last one in again.
    expiresWithSession: () => true,
    ttl: { Session: 1, Interaction: 60, Grant: 60, IdToken: 60, AccessToken: 60, AuthorizationCode: 60 },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
  });
  provider.use(async (context, next) => {
    if (context.path === '/act-as') {
      current = context.query.account;
      context.status = 204;
    } else if (context.path.startsWith('/interaction/')) {
      await answer(provider, context);
    } else {
      await next();
    }
  });
  server.on('request', provider.callback());
  process.stdout.write(`${issuer}\n`);
});

async function answer(provider, context) {
  const { prompt, params, session } = await provider.interactionDetails(context.req, context.res);
  if (current === 'nobody') {
    await finish(provider, context, { error: 'access_denied', error_description: 'cancelled' });
  } else if (prompt.name === 'login') {
    await finish(provider, context, { login: { accountId: current, remember: false } });
  } else {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    await finish(provider, context, { consent: { grantId: await grant.save() } });
  }
}

async function finish(provider, context, result) {
  await provider.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: true });
  context.respond = false;
}

process.stdin.resume().on('end', () => process.exit(0));
