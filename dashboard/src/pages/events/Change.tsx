import { useTexts } from '../../i18n/catalogue';
import { changesOf, pairOf } from '../../json/diff';
import { toText, visible } from '../../json/lines';
import type { RawJson } from '../../json/raw';
import { Masked } from '../../ui/Masked';
import { eventsTexts } from './texts';

/** More than this is better read in the bodies themselves. */
const SHOWN = 200;

/** What an event of a change changed, where a body holds both sides. */
export function Change({ bodies }: { bodies: readonly (RawJson | undefined)[] }) {
  const t = useTexts(eventsTexts);
  const pair = bodies.map(pairOf).find((found) => found !== undefined);
  if (pair === undefined) return null;
  const changes = changesOf(pair);
  return (
    <section className="fields" aria-label={t('changes')}>
      <h3>{t('changes')}</h3>
      {changes.length === 0 && <p className="muted">{t('changesNone')}</p>}
      <dl className="diff">
        {changes.slice(0, SHOWN).map(({ path, old, new: now }) => (
          <div key={path} className="diff-row">
            <dt className="mono">{visible(path)}</dt>
            <dd>
              {old !== undefined && (
                <del>
                  <span className="visually-hidden">{t('was')} </span>
                  <Side value={old} />
                </del>
              )}
              {now !== undefined && (
                <ins>
                  <span className="visually-hidden">{t('is')} </span>
                  <Side value={now} />
                </ins>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {changes.length > SHOWN && (
        <p className="muted">{t('changesMore', { number: changes.length - SHOWN })}</p>
      )}
    </section>
  );
}

function Side({ value }: { value: RawJson }) {
  const text = toText(value);
  return (
    <Masked text={text}>
      <span className="mono">{visible(text)}</span>
    </Masked>
  );
}
