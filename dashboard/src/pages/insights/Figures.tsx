import type { ReactNode } from 'react';
import type { Stats } from '../../api/model';
import { count, duration, percent } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Change } from './Change';
import { changeOf } from './compare';
import { insightsTexts } from './texts';

interface Props {
  now: Stats;
  before: Stats | undefined;
}

export function Figures({ now, before }: Props) {
  const t = useTexts(insightsTexts);
  const share = (stats: Stats) =>
    stats.total === 0 ? 0 : (stats.errors_4xx + stats.errors_5xx) / stats.total;
  // A period without events has no response times to compare with.
  const earlier = before !== undefined && before.total > 0 ? before : undefined;
  const time = (ms: number) => duration(Math.round(ms));
  return (
    <dl className="insight-figures" aria-label={t('figures')}>
      <Figure label={t('events')} value={count(now.total)}>
        <Change change={changeOf(now.total, before?.total)} format={count} />
      </Figure>
      <Figure label={t('errorShare')} value={percent(now.errors_4xx + now.errors_5xx, now.total)}>
        <Change
          change={changeOf(share(now), earlier && share(earlier))}
          format={(value) => percent(value, 1)}
          worse
        />
      </Figure>
      <Figure label={t('p95')} value={time(now.p95_response_time)}>
        <Change
          change={changeOf(now.p95_response_time, earlier?.p95_response_time)}
          format={time}
          worse
        />
      </Figure>
      <Figure label={t('average')} value={time(now.avg_response_time)}>
        <Change
          change={changeOf(now.avg_response_time, earlier?.avg_response_time)}
          format={time}
          worse
        />
      </Figure>
    </dl>
  );
}

function Figure(props: { label: string; value: string; children: ReactNode }) {
  return (
    <div className="panel insight-figure">
      <dt>{props.label}</dt>
      <dd>
        <b>{props.value}</b> {props.children}
      </dd>
    </div>
  );
}
