import { randomBytes, randomUUID } from 'node:crypto';
import type { NewApiKey } from '../../src/api/model';
import { Refusal, route } from './http';
import { type State, key } from './state';

export function keyRoutes(state: () => State) {
  return [
    route('get', '/v1/auth/api-keys', ({ url }) => {
      const project = url.searchParams.get('project_id');
      return {
        status: 200,
        body: { data: state().keys.filter((each) => each.project_id === project) },
      };
    }),
    route('post', '/v1/auth/api-keys', ({ body }) => {
      const wanted = body as NewApiKey;
      const id = randomUUID();
      state().keys.push(
        key(id, wanted.name, {
          project_id: wanted.project_id,
          ...(wanted.scope ? { scope: wanted.scope } : {}),
          origins: wanted.origins ?? [],
          expires_at: wanted.expires_at ?? null,
        }),
      );
      return {
        status: 201,
        body: {
          id,
          key: `bat_${randomBytes(32).toString('hex')}`,
          note: 'Store this key safely — it will not be shown again.',
        },
      };
    }),
    route('delete', '/v1/auth/api-keys/{id}', ({ params }) => {
      const found = state().keys.find((each) => each.id === params['id']);
      if (!found) throw new Refusal(404, 'not_found', 'there is no such key');
      found.active = false;
      found.revoked_at = new Date().toISOString();
      return { status: 200, body: { message: 'api key revoked' } };
    }),
  ];
}
