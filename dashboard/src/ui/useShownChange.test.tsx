// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, it } from 'vitest';
import { useToasts } from './toast';
import { useShownChange } from './useShownChange';

const KEY = ['letters'];
const client = new QueryClient();

function set() {
  client.setQueryData(KEY, ['a', 'b', 'c']);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => ({ change: useShownChange<string>(KEY), toasts: useToasts() }), {
    wrapper,
  });
}

const without = (letter: string) => (now: string[]) => now.filter((each) => each !== letter);
const letters = () => client.getQueryData(KEY);

afterEach(cleanup);

it('each of several changes is said, also when the next begins before it is done', async () => {
  const { result } = set();
  const said: string[] = [];
  let finish: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (finish = resolve));
  act(() => {
    result.current.change({ act: () => slow, show: without('a'), done: () => said.push('a') });
    result.current.change({
      act: () => Promise.resolve(),
      show: without('b'),
      done: () => said.push('b'),
    });
  });
  await waitFor(() => expect(said).toEqual(['b']));
  expect(letters()).toEqual(['c']);
  finish();
  await waitFor(() => expect(said).toEqual(['b', 'a']));
});

it('what the server refuses is said, not called done, and asked anew', async () => {
  const { result } = set();
  let done = false;
  act(() =>
    result.current.change({
      act: () => Promise.reject(new Error('no')),
      show: without('a'),
      done: () => (done = true),
    }),
  );
  await waitFor(() => expect(client.getQueryState(KEY)?.isInvalidated).toBe(true));
  expect(result.current.toasts.map(({ tone }) => tone)).toEqual(['bad']);
  expect(done).toBe(false);
});
