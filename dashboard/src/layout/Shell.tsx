// The frame around every page: navigation beside it on a desktop, below it on a phone.
import { Link, Outlet } from '@tanstack/react-router';
import { type Scope, readScope } from '../filters/search';
import { Icon, type IconName } from '../ui/Icon';
import { Logo } from '../ui/Logo';
import { ProjectPicker } from './ProjectPicker';
import { UserMenu } from './UserMenu';

interface Entry {
  to: '/' | '/events' | '/settings';
  label: string;
  icon: IconName;
}

const ENTRIES: readonly Entry[] = [
  { to: '/', label: 'Overview', icon: 'overview' },
  { to: '/events', label: 'Events', icon: 'events' },
  { to: '/settings', label: 'Settings', icon: 'settings' },
];

export function Shell() {
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="side">
        <Link to="/" className="brand" search={keepScope}>
          <Logo />
          <span>BatAudit</span>
        </Link>
        <ProjectPicker />
        <nav className="nav" aria-label="Main">
          {ENTRIES.map(({ to, label, icon }) => (
            <Link
              key={to}
              to={to}
              search={to === '/settings' ? keepProject : keepScope}
              className="nav-link"
              activeOptions={{ exact: to === '/', includeSearch: false }}
            >
              <Icon name={icon} />
              <span>{label}</span>
            </Link>
          ))}
        </nav>
        <UserMenu />
      </header>
      <main id="main" className="main" tabIndex={-1}>
        <Outlet />
      </main>
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
