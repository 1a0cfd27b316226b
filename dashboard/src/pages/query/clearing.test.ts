// @vitest-environment jsdom
import { QueryClient } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { clearQueryHistory, queryHistoryQuery } from '../../api/console';
import { ApiError } from '../../api/errors';
import { dismissToast, dismissToasts, toast, undoToast, useToasts } from '../../ui/toast';
import { clearHistory, cleared, useClearing } from './clearing';

vi.mock('../../api/console', () => ({
  clearQueryHistory: vi.fn(),
  queryHistoryQuery: { queryKey: ['query-history'] },
}));

const clear = vi.mocked(clearQueryHistory);
const client = new QueryClient();
const asked = vi.spyOn(client, 'invalidateQueries');

beforeEach(() => {
  clear.mockResolvedValue(undefined as never);
});
afterEach(async () => {
  await act(async () => {
    dismissToasts();
    await cleared();
    dismissToasts();
  });
  cleanup();
  vi.clearAllMocks();
});

function begin() {
  const { result } = renderHook(() => ({ clearing: useClearing(), toasts: useToasts() }));
  act(() => clearHistory(client, 'Cleared.'));
  const id = result.current.toasts.at(-1)?.id ?? 0;
  expect(result.current.clearing).toBe(true);
  expect(clear).not.toHaveBeenCalled();
  return { result, id };
}

it('is told to the server once nobody takes it back', async () => {
  const { result, id } = begin();
  act(() => dismissToast(id));
  expect(clear).toHaveBeenCalledOnce();
  // What is shown stays empty until the list is there anew.
  await waitFor(() => expect(result.current.clearing).toBe(false));
  expect(asked).toHaveBeenCalledWith({ queryKey: queryHistoryQuery.queryKey });
});

it('is not told at all when it is taken back', async () => {
  const { result, id } = begin();
  act(() => undoToast(id));
  expect(result.current.clearing).toBe(false);
  await cleared();
  expect(clear).not.toHaveBeenCalled();
});

it('is done before the next query is run', async () => {
  begin();
  await act(() => cleared());
  expect(clear).toHaveBeenCalledOnce();
});

it('is done before the page goes', () => {
  begin();
  act(() => void window.dispatchEvent(new Event('pagehide')));
  expect(clear).toHaveBeenCalledOnce();
});

it('is done when other messages take its place', async () => {
  const { result } = begin();
  act(() => void ['one', 'two'].forEach((text) => toast(text)));
  expect(clear).not.toHaveBeenCalled();
  act(() => void toast('three'));
  expect(clear).toHaveBeenCalledOnce();
  expect(result.current.toasts.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
});

it('that failed is said, and the list is back', async () => {
  clear.mockRejectedValue(new ApiError({ message: 'The store is down.', status: 503, code: 'x' }));
  const { result, id } = begin();
  act(() => dismissToast(id));
  await waitFor(() => expect(result.current.clearing).toBe(false));
  expect(result.current.toasts).toMatchObject([{ text: 'The store is down.', tone: 'bad' }]);
});
