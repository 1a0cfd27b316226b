// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest';
import { inBrowser, inTab } from './storage';

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
  sessionStorage.clear();
});

test('what is kept is there the next time, until it is forgotten', () => {
  expect(inBrowser.get('a')).toBeUndefined();
  expect([inBrowser.set('a', ''), inBrowser.set('b', 'two')]).toEqual([true, true]);
  expect([inBrowser.get('a'), inBrowser.get('b')]).toEqual(['', 'two']);
  inBrowser.set('b', undefined);
  expect(inBrowser.get('b')).toBeUndefined();
});

test('a tab keeps what it keeps to itself', () => {
  inTab.set('a', 'one');
  expect([inTab.get('a'), inBrowser.get('a')]).toEqual(['one', undefined]);
});

test('a browser that may keep nothing is no error', () => {
  for (const storage of ['localStorage', 'sessionStorage'] as const) {
    vi.spyOn(window, storage, 'get').mockImplementation(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    });
  }
  for (const kept of [inBrowser, inTab]) {
    expect([kept.set('a', 'one'), kept.set('a', undefined)]).toEqual([false, false]);
    expect(kept.get('a')).toBeUndefined();
  }
});
