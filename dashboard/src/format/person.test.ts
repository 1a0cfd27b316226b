import { expect, test } from 'vitest';
import { personOf, restOf } from './person';

const ada = { user_name: 'Ada', user_email: 'ada@example.com', identifier: 'user-1' };

test('a person is called by the best there is', () => {
  expect(personOf(ada)).toBe('Ada');
  expect(personOf({ ...ada, user_name: '' })).toBe('ada@example.com');
  expect(personOf({ user_name: '', user_email: '', identifier: 'user-1' })).toBe('user-1');
});

test('the rest tells two of the same name apart', () => {
  expect(restOf(ada)).toBe('ada@example.com · user-1');
  expect(restOf({ ...ada, user_name: '', identifier: 'ada@example.com' })).toBeUndefined();
  expect(restOf({ user_name: '', user_email: '', identifier: '' })).toBeUndefined();
});
