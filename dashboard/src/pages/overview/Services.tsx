import { Link } from '@tanstack/react-router';
import type { ServiceStats } from '../../api/model';
import type { Scope } from '../../filters/search';
import { count, duration, percent } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Ago } from '../../ui/Time';
import { overviewTexts } from './texts';

interface Props {
  services: readonly ServiceStats[];
  scope: Scope;
  now: number;
}

/** The busiest first; a name leads to its events. */
export function Services({ services, scope, now }: Props) {
  const t = useTexts(overviewTexts);
  const sorted = [...services].sort((a, b) => b.requests - a.requests);
  const most = sorted[0]?.requests ?? 1;
  return (
    <section className="panel" aria-labelledby="services-title">
      <header className="panel-head">
        <h2 id="services-title">{t('services')}</h2>
      </header>
      <div className="table-scroll" tabIndex={0} role="group" aria-labelledby="services-title">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('service')}</th>
              <th scope="col" className="number">
                {t('events')}
              </th>
              <th scope="col" className="number">
                {t('errors')}
              </th>
              <th scope="col" className="number">
                {t('averageHead')}
              </th>
              <th scope="col" className="number">
                {t('lastEvent')}
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((service) => (
              <tr key={service.service_name}>
                <th scope="row">
                  <Link to="/events" search={{ ...scope, service: [service.service_name] }}>
                    {service.service_name}
                  </Link>
                  <meter
                    className="share"
                    min={0}
                    max={most}
                    value={service.requests}
                    aria-hidden="true"
                  />
                </th>
                <td className="number">{count(service.requests)}</td>
                <td className="number" data-tone={service.errors > 0 ? 'warn' : undefined}>
                  {percent(service.errors, service.requests)}
                </td>
                <td className="number">{duration(service.avg_response_time)}</td>
                <td className="number">
                  {service.last_event ? <Ago value={service.last_event} now={now} /> : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
