import type { Stats } from '../../api/model';
import { count, duration, percent } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Change } from './Change';
import { changeOf } from './compare';
import { insightsTexts } from './texts';

interface Props {
  /** Nothing while it is on its way: the figures have their places. */
  now: Stats | undefined;
  before: Stats | undefined;
}

export function Figures({ now, before }: Props) {
  const t = useTexts(insightsTexts);
  // A period without events has no response times to compare with.
  const earlier = before !== undefined && before.total > 0 ? before : undefined;
  const time = (ms: number) => duration(Math.round(ms));
  const both = { now, before: earlier };
  return (
    <dl className="insight-figures" aria-label={t('figures')}>
      <Figure label={t('events')} now={now} before={before} of={({ total }) => total} as={count} />
      <Figure
        label={t('errorShare')}
        {...both}
        of={share}
        as={(value) => percent(value, 1)}
        worse
      />
      <Figure label={t('p95')} {...both} of={(each) => each.p95_response_time} as={time} worse />
      <Figure
        label={t('average')}
        {...both}
        of={(each) => each.avg_response_time}
        as={time}
        worse
      />
    </dl>
  );
}

function share({ total, errors_4xx, errors_5xx }: Stats): number {
  return total === 0 ? 0 : (errors_4xx + errors_5xx) / total;
}

interface FigureProps extends Props {
  label: string;
  of: (stats: Stats) => number;
  as: (value: number) => string;
  worse?: boolean;
}

function Figure({ label, now, before, of, as, worse = false }: FigureProps) {
  return (
    <div className="panel insight-figure">
      <dt>{label}</dt>
      <dd>
        {now === undefined ? (
          <b className="skeleton" />
        ) : (
          <>
            <b>{as(of(now))}</b>{' '}
            <Change change={changeOf(of(now), before && of(before))} format={as} worse={worse} />
          </>
        )}
      </dd>
    </div>
  );
}
