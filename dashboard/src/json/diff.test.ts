import { expect, it } from 'vitest';
import { changesOf, pairOf } from './diff';
import { toText } from './lines';
import { parseRaw } from './raw';

function changes(body: string) {
  const pair = pairOf(parseRaw(body));
  if (pair === undefined) return undefined;
  return changesOf(pair).map(({ path, old, new: now }) => [
    path,
    old && toText(old),
    now && toText(now),
  ]);
}

it('tells what was changed, added and removed', () => {
  const body =
    '{"old":{"a":1,"b":{"c":[1,2]},"gone":null},"new":{"a":2,"b":{"c":[1,2,3]},"x y":"s"}}';
  expect(changes(body)).toEqual([
    ['$.a', '1', '2'],
    ['$.b.c[2]', undefined, '3'],
    ['$.gone', 'null', undefined],
    ['$["x y"]', undefined, '"s"'],
  ]);
});

it('sees a difference in digits that a number would lose', () => {
  expect(changes('{"before":9007199254740993,"after":9007199254740992}')).toEqual([
    ['$', '9007199254740993', '9007199254740992'],
  ]);
});

it.each(['{"old":1}', '[1,2]', '"x"', '{"new":1,"before":2}'])('%s holds no change', (body) => {
  expect(changes(body)).toBeUndefined();
});

it('has nothing to tell when both sides are alike', () => {
  expect(changes('{"old":{"a":[1]},"new":{"a":[1]}}')).toEqual([]);
});
