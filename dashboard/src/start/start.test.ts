// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { api } from '../api/client';
import { ApiError } from '../api/errors';
import { meQuery } from '../api/session';
import { createAppRouter } from '../app/router';
import { shellRoute } from '../app/root';
import { begin } from './begin';
import { client, whenSignedOut } from './client';
import { FIRST, OPEN } from './pages';
import { noteSignedIn, wasSignedIn } from './signedIn';

afterEach(() => {
  client.clear();
  localStorage.clear();
});

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

test('whether somebody was signed in is known the next time', async () => {
  const me = (queryFn: () => Promise<unknown>) =>
    client.prefetchQuery({ ...meQuery, queryFn: queryFn as typeof meQuery.queryFn, staleTime: 0 });
  await client.prefetchQuery({ queryKey: ['projects'], queryFn: () => [] });
  expect(wasSignedIn()).toBe(false);
  await me(() => Promise.resolve({ email: 'ana@example.com' }));
  expect(wasSignedIn()).toBe(true);
  const down = new ApiError({ message: 'Down.', status: 503, code: 'unavailable' });
  await client.prefetchQuery({
    queryKey: ['stats'],
    queryFn: () => Promise.reject(down),
    retry: false,
  });
  expect(wasSignedIn()).toBe(true);
  const refused = new ApiError({ message: 'Sign in.', status: 401, code: 'unauthenticated' });
  await client.prefetchQuery({ queryKey: ['stats'], queryFn: () => Promise.reject(refused) });
  expect(wasSignedIn()).toBe(false);
});

describe('a first visit', () => {
  const asked: string[] = [];
  let status = 200;
  beforeEach(() => {
    asked.length = 0;
    vi.spyOn(api, 'GET').mockImplementation(((path: string) => {
      asked.push(path);
      const response = new Response('{}', { status });
      return Promise.resolve({ data: { data: [] }, error: { code: 'unauthenticated' }, response });
    }) as unknown as typeof api.GET);
  });
  afterEach(() => vi.restoreAllMocks());

  test('of somebody unknown asks who it is, and nothing that would be refused', async () => {
    status = 401;
    await begin({ pathname: '/app/', search: '' });
    await vi.waitFor(() => expect(client.isFetching()).toBe(0));
    expect(asked.filter((path) => !/^\/v1\/auth\/(me|oidc)$/.test(path))).toEqual([]);
    expect(asked).toContain('/v1/auth/me');
  });

  test('of somebody known asks for everything at once', async () => {
    status = 200;
    noteSignedIn(true);
    await begin({ pathname: '/app/', search: '' });
    expect(asked[0]).toBe('/v1/auth/me');
    expect(asked.length).toBeGreaterThan(3);
  });
});
