import { randomUUID } from 'node:crypto';
import { Refusal, route } from './http';
import type { State } from './state';

export function projectRoutes(state: () => State) {
  return [
    route('get', '/v1/auth/projects', () => ({ status: 200, body: { data: state().projects } })),
    route('post', '/v1/auth/projects', ({ body }) => {
      const { name, slug } = body as { name: string; slug: string };
      if (state().projects.some((known) => known.slug === slug)) {
        throw new Refusal(409, 'conflict', 'a project with this slug already exists');
      }
      const project = {
        id: randomUUID(),
        name,
        slug,
        created_by: state().user.id,
        created_at: new Date().toISOString(),
        archived_at: null,
      };
      state().projects.push(project);
      return { status: 201, body: project };
    }),
  ];
}
