import { dateTime, utc } from '../../format/time';
import { currentZone } from '../../format/zone';
import { useTexts } from '../../i18n/catalogue';
import { rangeLabel, rangeUtc } from '../../time/range';
import { useNow } from '../../ui/useNow';
import type { Params } from './params';
import type { Variable } from './report';
import { studioTexts } from './texts';

interface Props {
  name: string;
  params: Params;
  variables: readonly Variable[];
}

/** What a sheet of paper has to say by itself: period, values and when it was printed. Not shown on a screen. */
export function Printed({ name, params, variables }: Props) {
  const t = useTexts(studioTexts);
  const time = new Date(useNow(60_000)).toISOString();
  // Nobody hovers over paper: UTC stands beside.
  const range = [rangeLabel(params.filters), rangeUtc(params.filters)];
  const filled = variables.map((each) => `${each.name}: ${params.values[each.name] ?? ''}`);
  return (
    <div className="report-printed">
      <p className="report-printed-name">{name}</p>
      <p>{[...range, ...filled].filter((part) => part !== undefined).join(' · ')}</p>
      <p>{t('printedAt', { time: dateTime(time), utc: utc(time), zone: currentZone() })}</p>
    </div>
  );
}
