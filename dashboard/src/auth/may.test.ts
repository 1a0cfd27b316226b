// @vitest-environment jsdom
import { expect, it } from 'vitest';
import type { User } from '../api/model';
import { rightsIn, rightsOf } from './may';

it.each([
  // instance, project, sees instance, manages it, sees project, manages it
  ['owner', undefined, true, true, true, true],
  ['admin', undefined, true, true, false, false],
  ['admin', 'viewer', true, true, false, false],
  ['admin', 'admin', true, true, true, true],
  ['admin', 'owner', true, true, true, true],
  ['auditor', 'owner', true, false, true, false],
  ['viewer', 'owner', false, false, false, false],
] as const)('%s of the instance, %s of the project', (instance, project, ...expected) => {
  const rights = rightsOf(instance, project);
  const { seeInstance, manageInstance, seeProject, manageProject } = rights;
  expect([seeInstance, manageInstance, seeProject, manageProject]).toEqual(expected);
  expect(rights.ownInstance).toBe(instance === 'owner');
});

it('takes the role in the project in view from what the server says of the person', () => {
  const projects = [
    { id: 'a', role: 'viewer' },
    { id: 'b', role: 'admin' },
  ];
  const me = { role: 'admin', projects } as User;
  const manages = ['a', 'b', 'unknown', undefined].map((id) => rightsIn(me, id).manageProject);
  expect(manages).toEqual([false, true, false, false]);
});
