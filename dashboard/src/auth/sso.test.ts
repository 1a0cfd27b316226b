import { expect, it } from 'vitest';
import { ssoAddress, ssoReason } from './sso';

it('only reasons that are known pass', () => {
  expect(ssoReason('no_role')).toBe('no_role');
  for (const bad of ['<b>', 'toString', '__proto__', 7, undefined])
    expect(ssoReason(bad)).toBeUndefined();
});

it('the way back is a parameter of the way there', () => {
  expect(ssoAddress(undefined)).toBe('/v1/auth/oidc/login');
  expect(ssoAddress('/events?q=a b&x=1')).toBe(
    '/v1/auth/oidc/login?return=%2Fevents%3Fq%3Da+b%26x%3D1',
  );
});
