// What to look at beside an orphan, and which of them are alike.
import type { EventSummary } from '../../api/model';
import type { Filters } from '../../filters/search';

const HOUR_MS = 3_600_000;

/**
 * What backends reported of the same path around that time: the API lets the clocks of both sides be an
 * hour apart.
 */
export function backendsAround(orphan: EventSummary): Filters {
  const at = Date.parse(orphan.timestamp);
  return {
    project: orphan.project_id,
    path: [pathOf(orphan.path)],
    source: ['backend'],
    from: new Date(at - HOUR_MS).toISOString(),
    to: new Date(at + HOUR_MS).toISOString(),
  };
}

/** The path alone: a browser may report a whole address, a backend never does. */
export function pathOf(address: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return address;
  try {
    return new URL(address).pathname;
  } catch {
    return address;
  }
}

/** The host of a whole address, in lower case; nothing for a path. */
export function hostOf(address: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return undefined;
  try {
    return new URL(address).host;
  } catch {
    return undefined;
  }
}

export interface Group {
  /** What they have in common: a host, or else a path. */
  name: string;
  foreign: boolean;
  filters: Filters;
  count: number;
}

/** The hosts and paths most orphans have, at most `most` of them. */
export function groupsOf(orphans: readonly EventSummary[], most: number): Group[] {
  const groups = new Map<string, Group>();
  for (const { path } of orphans) {
    const host = hostOf(path);
    const name = host ?? path;
    const known = groups.get(name);
    if (known !== undefined) {
      known.count += 1;
      continue;
    }
    const scheme = path.slice(0, path.indexOf('://') + 3);
    const filters: Filters = host === undefined ? { path: [path] } : { prefix: [scheme + host] };
    groups.set(name, { name, foreign: host !== undefined, filters, count: 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count).slice(0, most);
}
