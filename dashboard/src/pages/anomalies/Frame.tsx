import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { anomaliesTexts } from './texts';
import './anomalies.css';

interface Props {
  actions?: ReactNode;
  children: ReactNode;
}

/** The head of both parts: what was found, and what is looked for. */
export function Frame({ actions, children }: Props) {
  const t = useTexts(anomaliesTexts);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('title')}</h1>
        {actions}
      </header>
      <nav className="tabs" aria-label={t('parts')}>
        <Link
          to="/anomalies"
          search={keepProject}
          className="tab"
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {t('incidents')}
        </Link>
        <Link
          to="/anomalies/rules"
          search={keepProject}
          className="tab"
          activeOptions={{ includeSearch: false }}
        >
          {t('rules')}
        </Link>
      </nav>
      {children}
    </div>
  );
}

function keepProject({ project }: { project?: string | undefined }) {
  return { project };
}
