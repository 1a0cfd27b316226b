import { expect, it } from 'vitest';
import { type Draft, changesOf, draftOf, problemsOf, ruleOf } from './rules';

const draft = (id: number, text: string, more: Partial<Draft> = {}): Draft => ({
  id,
  kind: 'key',
  text,
  redaction: 'mask',
  ...more,
});

it('reads rules and writes them as they were', () => {
  const rules = [
    { key: 'customer_ref', redaction: 'hash' as const },
    { path: '/request_body/items/*/serial', redaction: 'remove' as const },
    { pattern: 'INV-[0-9]{6}' },
  ];
  expect(rules.map((rule, index) => ruleOf(draftOf(rule, index)))).toEqual(rules);
});

it('says what an edit adds, takes away and changes', () => {
  const before = [draft(1, 'a'), draft(2, 'b'), draft(3, 'c')];
  const after = [draft(1, 'a'), draft(3, 'c', { redaction: 'hash' }), draft(4, 'd')];
  const changes = changesOf(before, after);
  expect(changes.added.map(({ text }) => text)).toEqual(['d']);
  expect(changes.removed.map(({ text }) => text)).toEqual(['b']);
  expect(changes.changed).toEqual([{ from: 'mask', to: after[1] }]);
  expect(changes.count).toBe(3);
});

it('tells the same text of another kind apart, and sees nothing where nothing is', () => {
  const before = [draft(1, 'a')];
  expect(changesOf(before, [draft(9, 'a')]).count).toBe(0);
  const other = changesOf(before, [draft(1, 'a', { kind: 'pattern' })]);
  expect([other.added.length, other.removed.length]).toEqual([1, 1]);
});

it('counts a rule that is there twice as a change', () => {
  expect(changesOf([draft(1, 'a')], [draft(1, 'a'), draft(2, 'a')]).count).toBe(1);
});

it('puts each problem at its rule', () => {
  const { at, rest } = problemsOf(
    'Rules cannot be used: rules[0].key must have 1 to 64 letters; a key inside another is a path; ' +
      'rules[2].pattern is not a regular expression: unclosed group; rules[2].redaction must be mask; ' +
      'rules may have 32 paths at most.',
  );
  expect([...at]).toEqual([
    [0, 'Must have 1 to 64 letters; a key inside another is a path.'],
    [2, 'Is not a regular expression: unclosed group. Must be mask.'],
  ]);
  expect(rest).toBe('Rules may have 32 paths at most.');
});

it('keeps what it cannot place', () => {
  expect(problemsOf('Rules must be a list.')).toEqual({
    at: new Map(),
    rest: 'Rules must be a list.',
  });
});
