import { randomUUID } from 'node:crypto';
import { type Call, Refusal, cookie, route } from './http';
import type { State } from './state';

const ATTEMPTS = 5;

export function isSignedIn(state: State, call: Pick<Call, 'request'>): boolean {
  const session = cookie(call.request, 'bataudit_session');
  return session !== undefined && state.sessions.has(session);
}

export function authRoutes(state: () => State) {
  return [
    route(
      'post',
      '/v1/auth/login',
      ({ body }) => {
        const { user, password, sessions } = state();
        const sent = body as { email?: string; password?: string };
        if (state().failedLogins >= ATTEMPTS) {
          throw new Refusal(429, 'rate_limited', 'too many attempts', { 'Retry-After': '30' });
        }
        if (sent.email !== user.email || sent.password !== password) {
          state().failedLogins += 1;
          throw new Refusal(401, 'BAT-005', 'invalid credentials');
        }
        const session = randomUUID();
        sessions.add(session);
        return {
          status: 200,
          body: { token: session, user },
          headers: {
            'Set-Cookie': `bataudit_session=${session}; HttpOnly; SameSite=Strict; Path=/`,
          },
        };
      },
      { open: true },
    ),
    route('get', '/v1/auth/oidc', () => ({ status: 200, body: { enabled: false, name: null } }), {
      open: true,
    }),
    route('post', '/v1/auth/logout', ({ request }) => {
      state().sessions.delete(cookie(request, 'bataudit_session') ?? '');
      return { status: 200, body: { message: 'logged out' } };
    }),
    route('get', '/v1/auth/me', () => ({ status: 200, body: state().user })),
  ];
}
