import { expect, it } from 'vitest';
import { INSTANCE_ROLES, invitable, mayManage } from './manage';

it.each([
  ['owner', ['owner', 'admin', 'auditor', 'viewer'], ['admin', 'auditor', 'viewer']],
  ['admin', ['admin', 'viewer'], ['admin', 'viewer']],
  ['auditor', [], []],
  ['viewer', [], []],
] as const)('%s', (own, managed, invited) => {
  expect(INSTANCE_ROLES.filter((other) => mayManage(own, other))).toEqual(managed);
  expect(invitable(own)).toEqual(invited);
});
