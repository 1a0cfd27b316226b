import { type Filters, type Raw, readFilters } from '../../filters/search';

export type InsightsSearch = Filters & {
  /** The error route whose users are shown, as `endpointKey` writes it. */
  affected?: string | undefined;
};

export function readInsightsSearch(raw: Raw): InsightsSearch {
  const affected = raw['affected'];
  const open = typeof affected === 'string' && affected.includes(' ') ? { affected } : {};
  return { ...readFilters(raw), ...open };
}

interface Endpoint {
  method: string;
  path: string;
}

/** Method and route in one text; methods have no spaces. */
export function endpointKey({ method, path }: Endpoint): string {
  return `${method} ${path}`;
}

export function endpointOf(key: string): Endpoint {
  const at = key.indexOf(' ');
  return { method: key.slice(0, at), path: key.slice(at + 1) };
}
