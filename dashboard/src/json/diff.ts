// What changed between two JSON values, path by path. Events of changes carry both, under names that
// differ from application to application.
import { toText } from './lines';
import { childPath } from './path';
import { type RawJson, decodeString, member } from './raw';

export interface Change {
  path: string;
  /** Absent for what was added. */
  old?: RawJson;
  /** Absent for what was removed. */
  new?: RawJson;
}

export interface Pair {
  old: RawJson;
  new: RawJson;
}

/** How applications call the two sides. */
const NAMES = [
  ['old', 'new'],
  ['before', 'after'],
  ['old_value', 'new_value'],
  ['old_values', 'new_values'],
  ['oldValue', 'newValue'],
  ['previous', 'current'],
  ['antes', 'depois'],
] as const;

/** The two sides of a change, where a body holds both. */
export function pairOf(body: RawJson | undefined): Pair | undefined {
  if (body?.kind !== 'object') return undefined;
  for (const [before, after] of NAMES) {
    const [old, now] = [member(body, before), member(body, after)];
    if (old !== undefined && now !== undefined) return { old, new: now };
  }
  return undefined;
}

/** Every place that differs. Objects are compared by key, arrays by place, all else by what was sent. */
export function changesOf({ old, new: now }: Pair, path = '$'): Change[] {
  if (old.kind === 'object' && now.kind === 'object') {
    return compare(entries(old.members), entries(now.members), (key) => childPath(path, key));
  }
  if (old.kind === 'array' && now.kind === 'array') {
    const byPlace = (items: readonly RawJson[]) =>
      new Map(items.map((item, index) => [index, item] as const));
    return compare(byPlace(old.items), byPlace(now.items), (index) => childPath(path, index));
  }
  return toText(old) === toText(now) ? [] : [{ path, old, new: now }];
}

function compare<Key>(
  old: ReadonlyMap<Key, RawJson>,
  now: ReadonlyMap<Key, RawJson>,
  pathOf: (key: Key) => string,
): Change[] {
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [before, after] = [old.get(key), now.get(key)];
    const path = pathOf(key);
    if (before !== undefined && after !== undefined)
      return changesOf({ old: before, new: after }, path);
    return [{ path, ...(before ? { old: before } : {}), ...(after ? { new: after } : {}) }];
  });
}

/** Of a repeated key the last counts, as everywhere else. */
function entries(members: readonly { rawKey: string; value: RawJson }[]): Map<string, RawJson> {
  return new Map(members.map(({ rawKey, value }) => [decodeString(rawKey), value]));
}
