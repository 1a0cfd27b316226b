// The frame of the sub-pages. A tab shows when its page is among the routes (tree.ts) and the reader
// has the right its route asks for.
import { Link, Outlet, useRouter, useSearch } from '@tanstack/react-router';
import { useRights } from '../../auth/may';
import { useTexts } from '../../i18n/catalogue';
import { settingsTexts } from './texts';
import type { texts } from './texts.en';
import './settings.css';

const TABS: readonly { to: string; text: keyof typeof texts }[] = [
  { to: '/settings/projects', text: 'projects' },
  { to: '/settings/api-keys', text: 'keys' },
  { to: '/settings/members', text: 'members' },
  { to: '/settings/users', text: 'users' },
  { to: '/settings/notifications', text: 'notifications' },
  { to: '/settings/monitors', text: 'monitors' },
  { to: '/settings/wallboard', text: 'wallboard' },
  { to: '/settings/retention', text: 'retention' },
  { to: '/settings/masking', text: 'masking' },
  { to: '/settings/account', text: 'account' },
  { to: '/settings/preferences', text: 'preferences' },
];

export function SettingsPage() {
  const t = useTexts(settingsTexts);
  const { project } = useSearch({ from: '/shell/settings' });
  const rights = useRights(project);
  const routes: Record<string, { options: { staticData?: { needs?: string } } } | undefined> =
    useRouter().routesByPath;
  const shown = TABS.filter(({ to }) => {
    const route = routes[to];
    const needs = route?.options.staticData?.needs as keyof typeof rights | undefined;
    return route !== undefined && (needs === undefined || rights[needs]);
  });
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('title')}</h1>
      </header>
      <nav className="tabs" aria-label={t('title')}>
        {shown.map(({ to, text }) => (
          <Link key={to} to={to} className="tab" search={keepProject}>
            {t(text)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}

function keepProject(previous: { project?: string | undefined }) {
  return previous.project === undefined ? {} : { project: previous.project };
}
