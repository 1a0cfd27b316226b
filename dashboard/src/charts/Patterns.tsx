import { PATTERNS } from './series';

/** The hatchings, once in each chart: an id belongs to its document, so each chart brings its own. */
export function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-lines`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path className="chart-hatch" d="M0 6 6 0M-1 1 1-1M5 7 7 5" />
      </pattern>
      <pattern id={`${id}-back`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path className="chart-hatch" d="M0 0 6 6M-1 5 1 7M5-1 7 1" />
      </pattern>
      <pattern id={`${id}-cross`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path className="chart-hatch" d="M0 6 6 0M0 0 6 6" />
      </pattern>
      <pattern id={`${id}-dots`} width="5" height="5" patternUnits="userSpaceOnUse">
        <circle className="chart-dot" cx="2.5" cy="2.5" r="0.9" />
      </pattern>
    </defs>
  );
}

/** The fill that lies over a tone; nothing for plain ones. */
export function hatch(id: string, tone: keyof typeof PATTERNS): string | undefined {
  const pattern = PATTERNS[tone];
  return pattern === 'plain' ? undefined : `url(#${id}-${pattern})`;
}
