import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { ApiError } from '../../api/errors';
import { type AnomalyIncident, incidentQuery, rulesQuery } from '../../api/anomalies';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Fact } from '../../ui/Fact';
import { Icon } from '../../ui/Icon';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Time } from '../../ui/Time';
import { usePageTitle } from '../../ui/usePageTitle';
import { Handling } from './Handling';
import { Related } from './Related';
import { Why } from './Why';
import { lastedMs } from './related';
import { readAnomaliesSearch } from './search';
import { States } from './states';
import { anomaliesTexts } from './texts';
import '../../ui/backLink.css';
import './anomalies.css';

export function IncidentPage() {
  const t = useTexts(anomaliesTexts);
  usePageTitle(t('incident'));
  const search = useSearch({ from: '/shell/anomalies/incident' });
  return (
    <div className="page">
      <Link to="/anomalies" search={readAnomaliesSearch({ ...search })} className="back-link">
        <Icon name="down" />
        {t('back')}
      </Link>
      {search.id === undefined ? <Gone /> : <Incident id={search.id} />}
    </div>
  );
}

function Incident({ id }: { id: string }) {
  const t = useTexts(anomaliesTexts);
  const query = useQuery(incidentQuery(id));
  const incident = query.data;
  if (query.error instanceof ApiError && query.error.status === 404) return <Gone />;
  if (query.isError && incident === undefined) {
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (incident === undefined) return <Skeleton shape="page" />;
  return (
    <>
      <header className="page-head">
        <div className="incident-title">
          <h1>{t(`kind_${incident.rule_type}`)}</h1>
          <span>{incident.service_name}</span>
          {incident.subject !== '' && <span className="mono">{incident.subject}</span>}
          <States incident={incident} />
        </div>
        <Handling incident={incident} />
      </header>
      <div className="incident in-turn">
        <Why incident={incident} />
        <Facts incident={incident} />
        <Related incident={incident} />
      </div>
    </>
  );
}

function Gone() {
  const t = useTexts(anomaliesTexts);
  return (
    <Empty title={t('goneTitle')}>
      <p>{t('goneHelp')}</p>
    </Empty>
  );
}

function Facts({ incident }: { incident: AnomalyIncident }) {
  const t = useTexts(anomaliesTexts);
  const { handling } = incident;
  const rules = useQuery(rulesQuery(incident.project_id));
  const kept = rules.data?.some(({ id }) => id === incident.rule_id);
  return (
    <section className="panel incident-facts" aria-labelledby="facts-title">
      <h2 id="facts-title">{t('facts')}</h2>
      <dl>
        <Fact label={t('started')}>
          <Time value={incident.started_at} />
        </Fact>
        <Fact label={t('last')}>
          <Time value={incident.last_seen_at} />
        </Fact>
        <Fact label={t('lasted')}>{duration(lastedMs(incident))}</Fact>
        <Fact label={t('environment')}>{incident.environment}</Fact>
        {handling.by !== null && handling.at !== null && (
          <Fact label={t('state')}>
            {t('handledBy', { state: t(`handling_${handling.state}`), name: handling.by })}
            <br />
            <Time value={handling.at} />
          </Fact>
        )}
        {handling.note !== null && handling.note !== '' && (
          <Fact label={t('note')}>
            <span className="incident-note">{handling.note}</span>
          </Fact>
        )}
        {handling.reopened_at !== null && (
          <Fact label={t('reopened')}>
            <Time value={handling.reopened_at} />
          </Fact>
        )}
        {kept !== undefined && (
          <Fact label={t('rule')}>
            {kept ? (
              <Link to="/anomalies/rules" search={{ project: incident.project_id }}>
                {t('toRules')}
              </Link>
            ) : (
              t('ruleGone')
            )}
          </Fact>
        )}
      </dl>
    </section>
  );
}
