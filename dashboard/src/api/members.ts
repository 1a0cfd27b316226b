import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { ProjectRole } from './model';

export function membersQuery(projectId: string) {
  return queryOptions({
    queryKey: ['members', projectId],
    queryFn: async ({ signal }) => {
      const path = { id: projectId };
      const request = api.GET('/v1/auth/projects/{id}/members', { params: { path }, signal });
      return (await answer(request)).data;
    },
    staleTime: 60_000,
  });
}

export function addMember(projectId: string, body: { email: string; role: ProjectRole }) {
  const params = { path: { id: projectId } };
  return answer(api.POST('/v1/auth/projects/{id}/members', { params, body }));
}

export function changeMember(projectId: string, userId: string, role: ProjectRole) {
  const params = { path: { id: projectId, user_id: userId } };
  const path = '/v1/auth/projects/{id}/members/{user_id}';
  return answer(api.PATCH(path, { params, body: { role } }));
}

export function removeMember(projectId: string, userId: string) {
  const params = { path: { id: projectId, user_id: userId } };
  return answer(api.DELETE('/v1/auth/projects/{id}/members/{user_id}', { params }));
}
