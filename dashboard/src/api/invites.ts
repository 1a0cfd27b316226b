import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { InstanceRole } from './model';

/** Those that can still be accepted. */
export const invitesQuery = queryOptions({
  queryKey: ['invites'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/auth/invites', { signal }))).data,
});

export function createInvite(body: { email: string; role: InstanceRole }) {
  return answer(api.POST('/v1/auth/invites', { body }));
}

export function revokeInvite(id: string) {
  return answer(api.DELETE('/v1/auth/invites/{id}', { params: { path: { id } } }));
}

/** What an invited person sees. */
export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/auth/invite/{token}', { params: { path: { token } }, signal })),
    gcTime: 0,
  });
}

export function acceptInvite(token: string, body: { name: string; password: string }) {
  const params = { path: { token } };
  return answer(api.POST('/v1/auth/invite/{token}/accept', { params, body }));
}
