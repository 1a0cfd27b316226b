import { expect, it } from 'vitest';
import { givable } from './roles';

it.each([
  ['owner', undefined, ['owner', 'admin', 'viewer']],
  ['admin', 'owner', ['owner', 'admin', 'viewer']],
  ['admin', 'admin', ['admin', 'viewer']],
] as const)('%s of the instance, %s of the project', (instance, own, roles) =>
  expect(givable(instance, own)).toEqual(roles),
);
