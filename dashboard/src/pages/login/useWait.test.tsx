// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/errors';
import { useWait } from './useWait';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function throttled(retryAfterSeconds: number | undefined) {
  return new ApiError({ message: '', status: 429, code: 'rate_limited', retryAfterSeconds });
}

it('counts down, and begins anew with another refusal', () => {
  const { result, rerender } = renderHook(({ error }) => useWait(error), {
    initialProps: { error: throttled(3) as unknown },
  });
  expect(result.current).toBe('3 s');
  act(() => vi.advanceTimersByTime(1_250));
  expect(result.current).toBe('2 s');
  rerender({ error: throttled(90) });
  expect(result.current).toBe('1 min 30 s');
  act(() => vi.advanceTimersByTime(90_000));
  expect(result.current).toBeUndefined();
});

it('waits for nothing else', () => {
  for (const error of [
    null,
    new Error('x'),
    throttled(undefined),
    new ApiError({ message: '', status: 503, code: 'x', retryAfterSeconds: 5 }),
  ]) {
    expect(renderHook(() => useWait(error)).result.current).toBeUndefined();
  }
});
