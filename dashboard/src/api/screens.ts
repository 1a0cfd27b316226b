// Screens of the wallboard, as those see them who make and end them.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type Screen = components['schemas']['WallboardScreen'];
export type CreatedScreen = components['schemas']['CreatedWallboardScreen'];
export type NewScreen = components['schemas']['NewWallboardScreen'];

/** While a code waits to be typed in, how often is looked whether it was. */
const LOOK_MS = 3_000;
const CALM_MS = 30_000;

/** All screens the reader may see, the newest first; only without a project those of all projects. */
export const screensQuery = queryOptions({
  queryKey: ['screens'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/wallboard/tokens', { signal }))).data,
  refetchInterval: ({ state: { data } }) => {
    if (data === undefined) return false;
    return data.some((screen) => screen.activated_at === null) ? LOOK_MS : CALM_MS;
  },
});

/** The answer holds the code, this once. */
export function createScreen(body: NewScreen) {
  return answer(api.POST('/v1/wallboard/token', { body }));
}

export function revokeScreen(id: string) {
  return answer(api.DELETE('/v1/wallboard/token', { params: { query: { id } } }));
}
