import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { InstanceRole } from './model';

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/auth/users', { signal }))).data,
});

export function changeRole(id: string, role: InstanceRole) {
  return answer(api.PATCH('/v1/auth/users/{id}', { params: { path: { id } }, body: { role } }));
}

export function deleteUser(id: string) {
  return answer(api.DELETE('/v1/auth/users/{id}', { params: { path: { id } } }));
}

/** A link with which they set a new password, once, within 24 hours. */
export function createResetLink(id: string) {
  return answer(api.POST('/v1/auth/users/{id}/reset-link', { params: { path: { id } } }));
}
