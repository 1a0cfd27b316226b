import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { EventSummary, Project } from '../../api/model';
import { firstEventCurl, ingestUrl } from '../../guide/firstEvent';
import { useTexts } from '../../i18n/catalogue';
import { Badge, Status } from '../../ui/Badge';
import { Code } from '../../ui/Code';
import { TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Time } from '../../ui/Time';
import type { Begun } from './WelcomePage';
import { welcomeTexts } from './texts';
import { useArrival } from './useArrival';

interface Props {
  project: Project;
  begun: Begun;
  onArrived: () => void;
}

export function SendStep({ project, begun, onArrived }: Props) {
  const t = useTexts(welcomeTexts);
  const [gateway, setGateway] = useState(() =>
    ingestUrl(window.location).replace(/\/v1\/audit$/, ''),
  );
  const { event, status } = useArrival(project.id, begun.known);
  useEffect(() => {
    if (event !== undefined) onArrived();
  }, [event, onArrived]);
  const address = `${gateway.trim().replace(/\/+$/, '')}/v1/audit`;
  return (
    <div className="form">
      <p className="muted">{t('sendHelp')}</p>
      <Code label={t('sendCommand')} text={firstEventCurl(address, begun.key)} />
      <p className="field-hint">{t('sendCopy')}</p>
      <details>
        <summary>{t('sendElsewhere')}</summary>
        <TextField
          label={t('gateway')}
          type="url"
          value={gateway}
          onChange={({ target }) => setGateway(target.value)}
          hint={t('gatewayHint')}
        />
      </details>
      <Code label={t('keyShown')} text={begun.key} />
      <div role="status" className="arrival">
        {event === undefined ? (
          <p className="arrival-waiting">
            <span className="arrival-pulse" aria-hidden="true" />
            {status === 'reconnecting' ? t('waitingAgain') : t('waiting')}
          </p>
        ) : (
          <Arrived project={project} event={event} />
        )}
      </div>
    </div>
  );
}

function Arrived({ project, event }: { project: Project; event: EventSummary }) {
  const t = useTexts(welcomeTexts);
  return (
    <div className="panel arrival-event">
      <p className="arrival-done">
        <Icon name="check" />
        {t('arrived')}
      </p>
      <p className="mono">
        <Badge>{event.method}</Badge> {event.path} <Status code={event.status_code} />
      </p>
      <p className="muted">
        {event.service_name} · <Time value={event.timestamp} look="clock" />
      </p>
      <p className="form-actions">
        <Link to="/events" search={{ project: project.id }} className="button button-plain">
          {t('toEvents')}
        </Link>
        <Link to="/" search={{ project: project.id }} className="button button-primary">
          {t('toOverview')}
        </Link>
      </p>
    </div>
  );
}
