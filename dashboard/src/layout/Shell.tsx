// The frame around every page: navigation beside it on a desktop, below it on a phone.
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatches, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { meQuery } from '../api/session';
import { useRights } from '../auth/may';
import { type Scope, readScope } from '../filters/search';
import { useCommon } from '../i18n/common';
import { Icon } from '../ui/Icon';
import { Logo } from '../ui/Logo';
import { Empty } from '../ui/Notice';
import { Popover } from '../ui/Popover';
import { useMedia } from '../ui/useMedia';
import { ProjectPicker } from './ProjectPicker';
import { UserMenu } from './UserMenu';
import { type NavEntry, useNav } from './nav';

/** So many fit beside "more" on a phone. */
const ON_PHONE = 4;

export function Shell() {
  const t = useCommon();
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <header className="side">
        <Link to="/" className="brand" search={keepScope}>
          <Logo />
          <span>BatAudit</span>
        </Link>
        <ProjectPicker />
        <Nav />
        <UserMenu />
      </header>
      <main id="main" className="main" tabIndex={-1}>
        <Guarded />
      </main>
    </div>
  );
}

function Nav() {
  const t = useCommon();
  const { project } = useSearch({ strict: false });
  const groups = useNav(project);
  const phone = useMedia('(max-width: 760px)');
  const all = groups.flat();
  const more = phone && all.length > ON_PHONE + 1;
  return (
    <nav className="nav" aria-label={t('navLabel')}>
      {phone ? (
        <>
          {(more ? all.slice(0, ON_PHONE) : all).map((entry) => (
            <Entry key={entry.to} entry={entry} />
          ))}
          {more && <More entries={all.slice(ON_PHONE)} />}
        </>
      ) : (
        groups.map((group) => (
          <div key={group[0]?.to} className="nav-group">
            {group.map((entry) => (
              <Entry key={entry.to} entry={entry} />
            ))}
          </div>
        ))
      )}
    </nav>
  );
}

function Entry({ entry, onClick }: { entry: NavEntry; onClick?: () => void }) {
  const t = useCommon();
  return (
    <Link
      to={entry.to}
      search={entry.to === '/settings' ? keepProject : keepScope}
      className="nav-link"
      activeOptions={{ exact: entry.to === '/', includeSearch: false }}
      onClick={onClick}
    >
      <Icon name={entry.icon} />
      <span>{t(entry.text)}</span>
    </Link>
  );
}

function More({ entries }: { entries: readonly NavEntry[] }) {
  const t = useCommon();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={t('navMore')}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className="nav-link nav-more">
          <Icon name="more" />
          <span>{t('navMore')}</span>
        </button>
      }
    >
      <div className="nav-sheet">
        {entries.map((entry) => (
          <Entry key={entry.to} entry={entry} onClick={() => setOpen(false)} />
        ))}
      </div>
    </Popover>
  );
}

/** The page, or why this reader does not get to see it. */
function Guarded() {
  const t = useCommon();
  const { project } = useSearch({ strict: false });
  const { data: me } = useQuery(meQuery);
  const rights = useRights(project);
  const needs = useMatches().flatMap(({ staticData }) => staticData.needs ?? []);
  // Nobody is known for a moment when a session ends: that is the sign-in page's matter.
  const refused = me !== undefined && needs.some((right) => !rights[right]);
  if (!refused) return <Outlet />;
  return (
    <div className="page">
      <Empty title={t('noAccess')}>
        <p>{t('noAccessHelp')}</p>
      </Empty>
    </div>
  );
}

/** Project, environment and time range follow the reader from page to page. */
function keepScope(previous: Record<string, unknown>): Scope {
  return readScope(previous);
}

function keepProject(previous: Record<string, unknown>): Pick<Scope, 'project'> {
  return { project: readScope(previous).project };
}
