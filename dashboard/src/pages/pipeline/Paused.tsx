import { Link } from '@tanstack/react-router';
import type { PausedProject } from '../../api/pipeline';
import { useTexts } from '../../i18n/catalogue';
import { Banner } from '../../ui/Notice';
import { Time } from '../../ui/Time';
import { pipelineTexts } from './texts';

/** So many are named one by one. */
const NAMED = 5;

/** Projects that take no events, why, and where that is changed. */
export function Paused({ projects }: { projects: readonly PausedProject[] }) {
  const t = useTexts(pipelineTexts);
  if (projects.length === 0) return null;
  return (
    <div className="banners">
      <Banner tone="info">
        <p>{t('pausedCount', { count: projects.length })}</p>
        <ul className="paused" aria-label={t('paused')}>
          {projects.slice(0, NAMED).map(({ project_id, name, why, since }) => (
            <li key={project_id}>
              <Link
                to={why === 'archived' ? '/settings/projects' : '/settings/api-keys'}
                search={{ project: project_id }}
              >
                {name}
              </Link>{' '}
              {t(`paused_${why}`)}
              {since !== null && (
                <>
                  {' '}
                  <Time value={since} look="day" />
                </>
              )}
            </li>
          ))}
          {projects.length > NAMED && (
            <li>{t('pausedMore', { count: projects.length - NAMED })}</li>
          )}
        </ul>
      </Banner>
    </div>
  );
}
