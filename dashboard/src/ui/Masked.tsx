import type { ReactNode } from 'react';
import { useCommon } from '../i18n/common';
import { isMasked } from '../json/masked';
import { Icon } from './Icon';

/** A text of an event; what was masked before it was stored says so. `children` is how it is shown. */
export function Masked({ text, children }: { text: string; children: ReactNode }) {
  const t = useCommon();
  if (!isMasked(text)) return children;
  return (
    <span className="masked" title={t('maskedHelp')}>
      <Icon name="lock" />
      {children} <span className="masked-word">{t('masked')}</span>
    </span>
  );
}
