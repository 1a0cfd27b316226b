import { toText } from '../../json/lines';
import type { RawJson } from '../../json/raw';
import { useCommon } from '../../i18n/common';
import { CopyButton } from '../../ui/CopyButton';
import { JsonTree } from '../../ui/JsonTree';

export function JsonBlock({ label, value }: { label: string; value: RawJson }) {
  const t = useCommon();
  return (
    <section className="fields" aria-label={label}>
      <header className="json-head">
        <h3>{label}</h3>
        <CopyButton text={() => toText(value)} label={t('copyThing', { thing: label })} />
      </header>
      <div className="json">
        <JsonTree label={`${label}, JSON`} value={value} />
      </div>
    </section>
  );
}
