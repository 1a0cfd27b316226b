import { dateTime } from '../../format/time';
import { currentZone } from '../../format/zone';
import { useTexts } from '../../i18n/catalogue';
import { rangeLabel } from '../../time/range';
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
  const now = useNow(60_000);
  const filled = variables.map((each) => `${each.name}: ${params.values[each.name] ?? ''}`);
  return (
    <div className="report-printed">
      <p className="report-printed-name">{name}</p>
      <p>{[rangeLabel(params.filters), ...filled].join(' · ')}</p>
      <p>{t('printedAt', { time: dateTime(new Date(now).toISOString()), zone: currentZone() })}</p>
    </div>
  );
}
