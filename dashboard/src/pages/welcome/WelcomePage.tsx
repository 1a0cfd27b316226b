// Leads whoever begins from nothing to the first event: a project, a key, a command to paste, and the
// event that arrives. What a step made lives in this page alone: the key is shown nowhere else.
import { Link } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { Project } from '../../api/model';
import { useTexts } from '../../i18n/catalogue';
import { usePageTitle } from '../../ui/usePageTitle';
import { KeyStep } from './KeyStep';
import { ProjectStep } from './ProjectStep';
import { SendStep } from './SendStep';
import { Step } from './Step';
import { decline } from './firstStart';
import { welcomeTexts } from './texts';
import './welcome.css';

/** A key, and what had arrived in its project before it was made. */
export interface Begun {
  key: string;
  known: ReadonlySet<string>;
}

export function WelcomePage() {
  const t = useTexts(welcomeTexts);
  usePageTitle(t('title'));
  const [project, setProject] = useState<Project>();
  const [begun, setBegun] = useState<Begun>();
  const [arrived, setArrived] = useState(false);
  const remember = useCallback(() => setArrived(true), []);
  return (
    <div className="page welcome in-turn">
      <header>
        <h1>{t('title')}</h1>
        <p className="muted">{t('lead')}</p>
      </header>
      <ol className="steps in-turn">
        <Step
          number={1}
          title={t('project')}
          state={project === undefined ? 'open' : 'done'}
          result={project?.name}
        >
          <ProjectStep onDone={setProject} />
        </Step>
        <Step
          number={2}
          title={t('key')}
          state={project === undefined ? 'later' : begun === undefined ? 'open' : 'done'}
          result={begun === undefined ? undefined : t('keyMade')}
        >
          {project !== undefined && <KeyStep project={project} onDone={setBegun} />}
        </Step>
        <Step
          number={3}
          title={t('send')}
          state={begun === undefined ? 'later' : arrived ? 'shown' : 'open'}
        >
          {project !== undefined && begun !== undefined && (
            <SendStep project={project} begun={begun} onArrived={remember} />
          )}
        </Step>
      </ol>
      {arrived ? (
        <nav className="welcome-next" aria-label={t('next')}>
          <h2>{t('next')}</h2>
          <Link to="/settings/invites" className="button button-plain">
            {t('nextPeople')}
          </Link>
          <Link to="/settings/api-keys" className="button button-plain">
            {t('nextKeys')}
          </Link>
        </nav>
      ) : (
        <p>
          <Link to="/" onClick={decline}>
            {t('skip')}
          </Link>
        </p>
      )}
    </div>
  );
}
