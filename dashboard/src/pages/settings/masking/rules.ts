// Masking rules as they are edited, what an edit changes, and at which rule a problem lies.
import type { MaskingRule, Redaction } from '../../../api/masking';

export const KINDS = ['key', 'path', 'pattern'] as const;
export type Kind = (typeof KINDS)[number];
export const REDACTIONS = ['mask', 'remove', 'hash'] as const satisfies Redaction[];

/** A rule in the editor. `id` only tells rows apart. */
export interface Draft {
  id: number;
  kind: Kind;
  text: string;
  redaction: Redaction;
}

export function draftOf(rule: MaskingRule, id: number): Draft {
  const kind = KINDS.find((each) => rule[each] !== undefined) ?? 'key';
  return { id, kind, text: rule[kind] ?? '', redaction: rule.redaction ?? 'mask' };
}

export function ruleOf({ kind, text, redaction }: Draft): MaskingRule {
  return { [kind]: text, ...(redaction === 'mask' ? {} : { redaction }) };
}

export interface Changes {
  added: Draft[];
  removed: Draft[];
  /** The same place, masked in another way. */
  changed: { from: Redaction; to: Draft }[];
  count: number;
}

export function changesOf(before: readonly Draft[], after: readonly Draft[]): Changes {
  const same = (a: Draft) => (b: Draft) => a.kind === b.kind && a.text === b.text;
  const added = after.filter((rule) => !before.some(same(rule)));
  const removed = before.filter((rule) => !after.some(same(rule)));
  const changed = after.flatMap((to) => {
    const was = before.find(same(to));
    return was === undefined || was.redaction === to.redaction ? [] : [{ from: was.redaction, to }];
  });
  // What is there twice is neither new nor gone; the server says what is wrong with it.
  const twice = Math.max(0, after.length - before.length - added.length + removed.length);
  return { added, removed, changed, count: added.length + removed.length + changed.length + twice };
}

export interface Problems {
  /** By the index of the rule. */
  at: ReadonlyMap<number, string>;
  /** What concerns no single rule. */
  rest: string | undefined;
}

/**
 * Parts the server's sentence, which tells all problems of a set at once:
 * `rules cannot be used: rules[0].key must …; rules[3].pattern is …`.
 */
export function problemsOf(message: string): Problems {
  const at = new Map<number, string>();
  const rest: string[] = [];
  const all = message.replace(/^rules cannot be used: /i, '').replace(/\.$/, '');
  for (const problem of all.split(/; (?=rules(?:\[\d+\]| )|and \d+ more$)/)) {
    const [, index, text] = /^rules\[(\d+)\](?:\.\w+)? (.+)$/s.exec(problem) ?? [];
    if (index === undefined || text === undefined) rest.push(sentence(problem));
    else at.set(Number(index), [at.get(Number(index)), sentence(text)].filter(Boolean).join(' '));
  }
  return { at, rest: rest.length === 0 ? undefined : rest.join(' ') };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
