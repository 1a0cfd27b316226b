// The order of the navigation. An entry shows when its page is among the routes (src/app/router.tsx)
// and the reader has the right the route asks for; so a new page needs no change here.
import { useRouter } from '@tanstack/react-router';
import { useRights } from '../auth/may';
import type { CommonKey } from '../i18n/common';
import type { IconName } from '../ui/Icon';

export interface NavEntry {
  to: string;
  text: Extract<CommonKey, `nav${string}`>;
  icon: IconName;
}

const GROUPS: readonly (readonly NavEntry[])[] = [
  [
    { to: '/', text: 'navOverview', icon: 'overview' },
    { to: '/events', text: 'navEvents', icon: 'events' },
    { to: '/sessions', text: 'navSessions', icon: 'sessions' },
  ],
  [
    { to: '/insights', text: 'navInsights', icon: 'insights' },
    { to: '/anomalies', text: 'navAnomalies', icon: 'anomalies' },
    { to: '/orphans', text: 'navOrphans', icon: 'orphans' },
  ],
  [
    { to: '/query', text: 'navQuery', icon: 'query' },
    { to: '/studio', text: 'navStudio', icon: 'studio' },
  ],
  [
    { to: '/pipeline', text: 'navPipeline', icon: 'pipeline' },
    { to: '/settings', text: 'navSettings', icon: 'settings' },
  ],
];

/** The entries this reader sees, by group. */
export function useNav(projectId: string | undefined): NavEntry[][] {
  const routes: Record<string, { options: { staticData?: { needs?: string } } } | undefined> =
    useRouter().routesByPath;
  const rights = useRights(projectId);
  const shown = ({ to }: NavEntry) => {
    const route = routes[to];
    const needs = route?.options.staticData?.needs as keyof typeof rights | undefined;
    return route !== undefined && (needs === undefined || rights[needs]);
  };
  return GROUPS.map((group) => group.filter(shown)).filter((group) => group.length > 0);
}
