import { decimal } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import type { Change as Known } from './compare';
import { insightsTexts } from './texts';

interface Props {
  change: Known | undefined;
  /** How the earlier value is written. */
  format: (value: number) => string;
  /** Whether more is worse: it then has the colour of a warning. */
  worse?: boolean;
}

/** Below this a change is noise. */
const LEAST = 0.005;
/** From here on a change for the worse is worth a colour. */
const NOTABLE = 0.1;

/** How much more or less than in the period before. The sign says it, the colour only helps. */
export function Change({ change, format, worse = false }: Props) {
  const t = useTexts(insightsTexts);
  if (change === undefined) return <span className="change" />;
  if (change.kind === 'new') {
    return (
      <span className="change" data-worse={worse || undefined} title={t('changeNewHelp')}>
        {t('changeNew')}
      </span>
    );
  }
  const { share, before } = change;
  const title = t('changeHelp', { before: format(before) });
  if (Math.abs(share) < LEAST) {
    return (
      <span className="change" title={title}>
        ±0 %
      </span>
    );
  }
  return (
    <span className="change" data-worse={(worse && share >= NOTABLE) || undefined} title={title}>
      {share > 9.99
        ? `× ${decimal(share + 1, 0)}`
        : `${share > 0 ? '+' : '−'}${decimal(Math.abs(share) * 100, 0)} %`}
    </span>
  );
}
