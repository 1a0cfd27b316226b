import { expect, it } from 'vitest';
import { eventsOf, filterOf, heldOf } from './held';

it('says a filter as the API and as the Events page take it', () => {
  const held = { values: { user: ' a@b.c ', prefix: '/orders', service: ' ' } };
  expect(filterOf(held)).toEqual({ user_email: 'a@b.c', path_prefix: '/orders' });
  expect(eventsOf('p', held)).toEqual({
    project: 'p',
    user: ['a@b.c'],
    prefix: ['/orders'],
    range: '30d',
  });
});

it('reads a hold back', () => {
  const held = heldOf({ identifier: 'u-1', environment: null }, '2026-01-01T00:00:00Z', null);
  expect(held).toEqual({
    values: { identifier: 'u-1' },
    from: '2026-01-01T00:00:00Z',
    to: undefined,
  });
  expect(eventsOf('p', held)).toMatchObject({ from: '2026-01-01T00:00:00Z', to: undefined });
  expect(eventsOf('p', held)).not.toHaveProperty('range');
});
