// Who is signed in. The session itself is an HttpOnly cookie this code never sees.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { isUnauthenticated } from './errors';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => answer(api.GET('/v1/auth/me', { signal })),
  staleTime: 5 * 60_000,
});

/** Whether one may sign in at an OpenID provider. */
export const oidcOfferQuery = queryOptions({
  queryKey: ['oidc'],
  queryFn: ({ signal }) => answer(api.GET('/v1/auth/oidc', { signal })),
  staleTime: Infinity,
  retry: false,
});

export function login(body: { email: string; password: string }) {
  return answer(api.POST('/v1/auth/login', { body }));
}

export function logout() {
  return answer(api.POST('/v1/auth/logout'));
}

/** Who is signed in, or nobody: for pages that are open to everybody. */
export const visitorQuery = queryOptions({
  queryKey: ['visitor'],
  queryFn: async ({ signal }) => {
    try {
      return await answer(api.GET('/v1/auth/me', { signal }));
    } catch (error) {
      if (isUnauthenticated(error)) return null;
      throw error;
    }
  },
  staleTime: 5_000,
});

export function changePassword(body: { current_password: string; new_password: string }) {
  return answer(api.POST('/v1/auth/password', { body }));
}

/** Redeems a reset link. */
export function resetPassword(body: { token: string; password: string }) {
  return answer(api.POST('/v1/auth/password-reset', { body }));
}
