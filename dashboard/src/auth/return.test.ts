import { expect, it } from 'vitest';
import { safeReturn, toLogin } from './return';

it.each(['/events?service=a', '/settings/api-keys', '/'])('passes %s', (path) =>
  expect(safeReturn(path)).toBe(path),
);

it.each([
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/login?return=/',
  '',
  7,
  undefined,
])('refuses %s', (path) => expect(safeReturn(path)).toBeUndefined());

it('leaves the front page out of the address', () => {
  expect(toLogin('/')).toEqual({ to: '/login', search: {} });
  expect(toLogin('/events?event=1')).toEqual({
    to: '/login',
    search: { return: '/events?event=1' },
  });
});
