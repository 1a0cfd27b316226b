// Personal tokens: how programs come in as their user.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { NewToken } from './model';

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) =>
    (await answer(api.GET('/v1/auth/personal-tokens', { signal }))).data,
});

export function createToken(body: NewToken) {
  return answer(api.POST('/v1/auth/personal-tokens', { body }));
}

export function revokeToken(id: string) {
  return answer(api.DELETE('/v1/auth/personal-tokens/{id}', { params: { path: { id } } }));
}
