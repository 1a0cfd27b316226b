// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest';
import { reload } from './reload';
import { inTab } from './storage';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  sessionStorage.clear();
});

function watched() {
  const reloads = vi.fn();
  vi.stubGlobal('location', { reload: reloads });
  return reloads;
}

test('a page is loaded anew once, and again when the time is over', () => {
  vi.useFakeTimers();
  const reloads = watched();
  reload('a', 60_000);
  vi.advanceTimersByTime(59_999);
  reload('a', 60_000);
  expect(reloads).toHaveBeenCalledTimes(1);
  reload('another reason', 60_000);
  vi.advanceTimersByTime(1);
  reload('a', 60_000);
  expect(reloads).toHaveBeenCalledTimes(3);
});

test('what cannot be remembered could be done for ever, and is not done', () => {
  const reloads = watched();
  vi.spyOn(inTab, 'set').mockReturnValue(false);
  reload('a', 60_000);
  expect(reloads).not.toHaveBeenCalled();
});
