import { Link } from '@tanstack/react-router';
import type { ServiceStats } from '../../api/model';
import type { Scope } from '../../filters/search';
import { duration } from '../../time/format';
import { count, percent } from '../../ui/numbers';
import { Ago } from '../../ui/Time';

interface Props {
  services: readonly ServiceStats[];
  scope: Scope;
  now: number;
}

/** The busiest first; a name leads to its events. */
export function Services({ services, scope, now }: Props) {
  const sorted = [...services].sort((a, b) => b.requests - a.requests);
  const most = sorted[0]?.requests ?? 1;
  return (
    <section className="panel" aria-labelledby="services-title">
      <header className="panel-head">
        <h2 id="services-title">Services</h2>
      </header>
      <div className="table-scroll" tabIndex={0} role="region" aria-labelledby="services-title">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col" className="number">
                Events
              </th>
              <th scope="col" className="number">
                Errors
              </th>
              <th scope="col" className="number">
                Average
              </th>
              <th scope="col" className="number">
                Last event
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((service) => (
              <tr key={service.service_name}>
                <th scope="row">
                  <Link to="/events" search={{ ...scope, service: service.service_name }}>
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
