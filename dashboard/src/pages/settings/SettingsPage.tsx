import { Link, Outlet } from '@tanstack/react-router';
import './settings.css';

export function SettingsPage() {
  return (
    <div className="page">
      <header className="page-head">
        <h1>Settings</h1>
      </header>
      <nav className="tabs" aria-label="Settings">
        <Link to="/settings/projects" className="tab" search={keepProject}>
          Projects
        </Link>
        <Link to="/settings/api-keys" className="tab" search={keepProject}>
          API Keys
        </Link>
      </nav>
      <Outlet />
    </div>
  );
}

function keepProject(previous: { project?: string | undefined }) {
  return previous.project === undefined ? {} : { project: previous.project };
}
