import { expect, it } from 'vitest';
import { parseRaw } from '../../../json/raw';
import { compare, sampleOf } from './sample';

const changes = (sent: string, stored: string) => compare(parseRaw(sent), parseRaw(stored));

it('finds what was masked, whatever the order of the keys', () => {
  expect(
    changes(
      '{"path":"/a?token=x","request_body":{"user":{"password":"p","name":"n"},"cards":[1,4111111111111111]}}',
      '{"request_body":{"cards":[1,"************1111"],"user":{"name":"n","password":"********"}},"path":"/a?token=********"}',
    ),
  ).toEqual([
    { path: '/path', sent: '/a?token=x', stored: '/a?token=********' },
    { path: '/request_body/user/password', sent: 'p', stored: '********' },
    { path: '/request_body/cards/1', sent: '4111111111111111', stored: '************1111' },
  ]);
});

it('shows a value that is masked whole, or removed', () => {
  expect(
    changes('{"request_body":{"secret":{"a":1}}}', '{"request_body":{"secret":"********"}}'),
  ).toEqual([{ path: '/request_body/secret', sent: '{\n  "a": 1\n}', stored: '********' }]);
  expect(changes('{"a":"x"}', '{"a":null}')).toEqual([{ path: '/a', sent: 'x', stored: 'null' }]);
});

it('takes other digits of the same number for the same', () => {
  expect(changes('{"a":1.50,"b":1e3}', '{"a":1.5,"b":1000.0}')).toEqual([]);
});

it('escapes keys as a pointer wants them', () => {
  expect(changes('{"a/b~c":"x"}', '{"a/b~c":"y"}')[0]?.path).toBe('/a~1b~0c');
});

it('makes a sample of the fields that masking reads', () => {
  const event = parseRaw(
    '{"id":"1","status_code":200,"path":"/a","request_body":{"n":12345678901234567890},"response_body":{},"user_name":null,"user_email":""}',
  );
  expect(sampleOf(event)).toBe(
    '{\n  "path": "/a",\n  "request_body": {\n    "n": 12345678901234567890\n  }\n}',
  );
});
