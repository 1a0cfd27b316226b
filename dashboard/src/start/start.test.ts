// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { createAppRouter } from '../app/router';
import { shellRoute } from '../app/root';
import { client, whenSignedOut } from './client';
import { FIRST, OPEN } from './pages';

afterEach(() => client.clear());

const { routesByPath } = createAppRouter(client);
const routes = Object.values(routesByPath).map((route) => ({
  path: route.fullPath as string,
  framed: route.parentRoute.id === shellRoute.id || route.fullPath.startsWith('/settings'),
}));

test('what is asked for first are pages of the router', () => {
  expect(Object.keys(FIRST).filter((path) => !routes.some((route) => route.path === path))).toEqual(
    [],
  );
});

test('the pages outside the frame are those that are open to everybody', () => {
  const outside = routes.filter(({ framed }) => !framed).map(({ path }) => path.split('/')[1]);
  expect(outside.sort()).toEqual([...OPEN].sort());
});

test('a refusal before the router is there is not forgotten', async () => {
  const refused = new ApiError({ message: 'Sign in.', status: 401, code: 'unauthenticated' });
  const ask = () =>
    client.prefetchQuery({ queryKey: ['me'], queryFn: () => Promise.reject(refused) });
  await ask();
  const leave = vi.fn();
  whenSignedOut(leave);
  expect(leave).toHaveBeenCalledTimes(1);
  await ask();
  expect(leave).toHaveBeenCalledTimes(2);
});
