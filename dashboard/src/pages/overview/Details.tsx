// Everything below the key figures. It is loaded while they are asked for, so that they stand first.
import type { Stats } from '../../api/model';
import { type Scope, stringifySearch } from '../../filters/search';
import { Breakdown } from './Breakdown';
import { Charts } from './Charts';
import { Feed } from './Feed';
import { Nothing } from './Nothing';
import { Services } from './Services';

interface Props {
  stats: Stats;
  scope: Scope;
  now: number;
  onChange: (part: Scope) => void;
}

export function Details({ stats, scope, now, onChange }: Props) {
  if (stats.total === 0) return <Nothing scope={scope} onWiden={onChange} />;
  return (
    <>
      <Charts stats={stats} scope={scope} onZoom={onChange} />
      <div className="overview-columns">
        <Services services={stats.by_service} scope={scope} now={now} />
        <Breakdown stats={stats} scope={scope} />
      </div>
      <Feed key={stringifySearch({ ...scope })} scope={scope} now={now} />
    </>
  );
}
