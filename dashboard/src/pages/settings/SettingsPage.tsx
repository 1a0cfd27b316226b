// The frame of the sub-pages: their list stands beside them where there is room, else above them behind
// a button that says which one is open.
import { Link, Outlet, useRouter, useRouterState, useSearch } from '@tanstack/react-router';
import { useId } from 'react';
import { useRights } from '../../auth/may';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { useMedia } from '../../ui/useMedia';
import { SECTION_GROUPS, type SectionGroup } from './sections';
import { settingsTexts } from './texts';
import './settings.css';

export function SettingsPage() {
  const t = useTexts(settingsTexts);
  const groups = useShownGroups();
  const beside = useMedia('(min-width: 1100px)');
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const open = groups
    .flatMap(({ sections }) => sections)
    .find(({ to }) => path === to || path.startsWith(`${to}/`));
  const list = (
    <nav aria-label={t('pages')}>
      {groups.map((group) => (
        <Group key={group.text} group={group} />
      ))}
    </nav>
  );
  return (
    <div className="page settings">
      <header className="page-head">
        <h1>{t('title')}</h1>
      </header>
      {beside ? (
        <div className="settings-list">{list}</div>
      ) : (
        // A new address folds it again.
        <details key={path} className="settings-list">
          <summary className="pill">
            <span>{open === undefined ? t('pages') : t(open.text)}</span>
            <Icon name="down" />
          </summary>
          {list}
        </details>
      )}
      <div className="settings-main in-turn">
        <Outlet />
      </div>
    </div>
  );
}

function Group({ group }: { group: SectionGroup }) {
  const t = useTexts(settingsTexts);
  const id = useId();
  return (
    <div className="settings-group">
      <h2 id={id}>{t(group.text)}</h2>
      <ul aria-labelledby={id}>
        {group.sections.map(({ to, text }) => (
          <li key={to}>
            <Link
              to={to}
              className="nav-link"
              activeOptions={{ includeSearch: false }}
              search={keepProject}
            >
              {t(text)}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function useShownGroups(): SectionGroup[] {
  const { project } = useSearch({ from: '/shell/settings' });
  const rights = useRights(project);
  const routes: Record<string, { options: { staticData?: { needs?: string } } } | undefined> =
    useRouter().routesByPath;
  return SECTION_GROUPS.map((group) => ({
    ...group,
    sections: group.sections.filter(({ to }) => {
      const route = routes[to];
      const needs = route?.options.staticData?.needs as keyof typeof rights | undefined;
      return route !== undefined && (needs === undefined || rights[needs]);
    }),
  })).filter(({ sections }) => sections.length > 0);
}

/** The project stays in the address also on pages about people: the picker beside them does not jump. */
function keepProject(previous: { project?: string | undefined }) {
  return previous.project === undefined ? {} : { project: previous.project };
}
