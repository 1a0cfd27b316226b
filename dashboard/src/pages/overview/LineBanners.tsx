// What keeps the figures from being whole: data that is late, a line nobody looks at, projects that take
// no events.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Pipeline, pipelineQuery } from '../../api/pipeline';
import { useRights } from '../../auth/may';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Banner } from '../../ui/Notice';
import { Time } from '../../ui/Time';
import { useDismissed } from '../../ui/useDismissed';
import { PageLink } from './PageLink';
import { overviewTexts } from './texts';

interface Props {
  project: string | undefined;
}

/** Nothing of another project while this one is asked about. */
function useLine(project: string | undefined): Pipeline | undefined {
  const { data, isPlaceholderData } = useQuery(pipelineQuery(project));
  return isPlaceholderData ? undefined : data;
}

/** Nothing while what was accepted is stored within seconds. */
export function Freshness({ project }: Props) {
  const t = useTexts(overviewTexts);
  const line = useLine(project);
  if (line === undefined || line.state === 'current') return null;
  const words = {
    late: () => t('lineLate', { time: duration((line.lag_seconds ?? 0) * 1_000) }),
    kafka_down: () => t('lineKafka'),
    unknown: () => t('lineUnknown'),
  }[line.state];
  return (
    <Banner tone={line.state === 'kafka_down' ? 'bad' : 'warn'}>
      <PageLink page="/pipeline" search={{ project }}>
        {words()}
      </PageLink>{' '}
      {line.fresh_as_of !== null && (
        <>
          {t('wholeUntil')} <Time value={line.fresh_as_of} />.
        </>
      )}
    </Banner>
  );
}

/** Which projects take no events. */
export function Intake({ project }: Props) {
  const line = useLine(project);
  if (line === undefined) return null;
  return project === undefined ? (
    <WithoutKeys line={line} />
  ) : (
    <Paused line={line} project={project} />
  );
}

/** Why the project in view takes no events. */
function Paused({ line, project }: { line: Pipeline; project: string }) {
  const t = useTexts(overviewTexts);
  const { manageProject } = useRights(project);
  const paused = line.paused.find(({ project_id: id }) => id === project);
  if (paused === undefined) return null;
  if (paused.why === 'archived') {
    return (
      <Banner tone="info">
        {t('archived')} {paused.since !== null && <Time value={paused.since} />}
      </Banner>
    );
  }
  return (
    <Banner tone="warn">
      {t('noKey')}{' '}
      {manageProject && (
        <Link to="/settings/api-keys" search={{ project }}>
          {t('makeKey')}
        </Link>
      )}
    </Banner>
  );
}

/** So many names fit into a line. */
const NAMED = 4;

/** Of several projects: archived ones rest on purpose, one without a key may have been forgotten. */
function WithoutKeys({ line }: { line: Pipeline }) {
  const t = useTexts(overviewTexts);
  const silent = line.paused.filter(({ why }) => why === 'no_key');
  const ids = silent.map(({ project_id: id }) => id).sort();
  const [dismissed, dismiss] = useDismissed('without-keys', ids.join(' '));
  if (silent.length === 0 || dismissed) return null;
  return (
    <Banner tone="info" onDismiss={dismiss}>
      {t('noKeys', { count: silent.length })}{' '}
      {silent.slice(0, NAMED).map(({ project_id: id, name }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <Link to="/" search={{ project: id }}>
            {name}
          </Link>
        </span>
      ))}
      {silent.length > NAMED && '…'}
    </Banner>
  );
}
